"""Which month's invoice a date belongs to: the calendar part of PER-1 and PER-4, for schedules.

The rule itself lives in dbt (int_periods__billing_periods); this only decides which months to ask
for, before any warehouse exists. Months are added to the anchor and clamped to the month's end.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def add_months(anchor: date, months: int) -> date:
    """`anchor` plus whole months, clamped to the last day (31 January + 1 → 28 or 29 February)."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor.day, last_day))


def last_ended_period(anchor: date, today: date) -> tuple[date, date] | None:
    """First and last day of the latest period whose last day is before `today`, if there is one."""
    months = (today.year - anchor.year) * 12 + today.month - anchor.month + 1
    for index in range(months, -1, -1):
        last_day = add_months(anchor, index + 1) - timedelta(days=1)
        if last_day < today:
            return add_months(anchor, index), last_day
    return None
