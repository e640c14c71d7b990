"""Days, billing periods and voice windows of a demo organization.

Written out here on its own, so that the known answers do not share a mistake with the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dagster_project.demo.organizations import Organization


@dataclass(frozen=True)
class Period:
    """`[start, next_start)`, billed on the invoice of `invoice_month` (its first day)."""

    invoice_month: date
    start: date
    next_start: date


def add_months(month: date, months: int) -> date:
    """The first day of the month `months` after that of `month`."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def billing_periods(organization: Organization, months: tuple[date, ...]) -> list[Period]:
    """The organization's period of each invoice month."""
    day = organization.anchor_day
    periods = []
    for month in months:
        start = month if day == 1 else add_months(month, -1).replace(day=day)
        next_start = add_months(month, 1) if day == 1 else month.replace(day=day)
        periods.append(Period(month, start, next_start))
    return periods


def days_between(start: date, end: date) -> list[date]:
    """Every day of `[start, end)`."""
    return [start + timedelta(days=index) for index in range((end - start).days)]


def by_month(days: list[date]) -> Iterator[tuple[date, list[date]]]:
    """The days in calendar months, as people download them: (first of month, its days)."""
    for month in sorted({day.replace(day=1) for day in days}):
        yield month, [day for day in days if day.replace(day=1) == month]


def utc(day: date, hour: float, zone: ZoneInfo) -> datetime:
    """A local wall-clock time, `hour` hours after 00:00 on `day`, in UTC without a zone."""
    local = datetime.combine(day, time(0)) + timedelta(hours=hour)
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None, microsecond=0)


def voice_window_start(organization: Organization, day: date) -> datetime:
    """The UTC instant at which the voice window of a period that starts on `day` begins (PER-5)."""
    if organization.voice_cutoff is not None:
        return datetime.combine(day, organization.voice_cutoff)
    return utc(day, 0, ZoneInfo(organization.time_zone))
