"""Contract versions and billing periods: PER, and the calendar half of CON."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

Tree = dict[str, Any]


def is_null(value: Any) -> bool:
    """Say whether a YAML scalar read as text means nothing."""
    return value is None or value in ("", "null", "~", "Null", "NULL")


def number(value: Any) -> Fraction | None:
    """Read a number, None if there is none."""
    return None if is_null(value) else Fraction(str(value).replace(",", ""))


def day(value: Any) -> date | None:
    """Read a date, None if there is none."""
    return None if is_null(value) else date.fromisoformat(str(value))


def flag(value: Any, default: bool) -> bool:
    """Read true or false."""
    return default if is_null(value) else str(value).lower() == "true"


def add_months(anchor: date, months: int) -> date:
    """Add months to the anchor, clamped to the month's last day (PER-1)."""
    years, month0 = divmod(anchor.month - 1 + months, 12)
    year, month = anchor.year + years, month0 + 1
    return date(year, month, min(anchor.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Period:
    """One billing period `[start, next_start)` and the contract that it reads."""

    index: int
    start: date
    next_start: date
    terms: Tree
    phase: str  # ramp, term, ended
    starts_at: datetime
    ends_at: datetime
    voice_from: datetime
    voice_to: datetime

    @property
    def last_day(self) -> date:
        """Give the day before the next period."""
        return self.next_start - timedelta(days=1)

    @property
    def in_force(self) -> bool:
        """Say whether the period exists for billing."""
        return self.phase != "ended"

    @property
    def in_term(self) -> bool:
        """Say whether commitments apply."""
        return self.phase == "term"

    def holds(self, when: date | None) -> bool:
        """Say whether a date, as written, is in the period."""
        return when is not None and self.start <= when < self.next_start

    def contains(self, instant: datetime | None) -> bool:
        """Say whether an instant is in the period (PER-2)."""
        return instant is not None and self.starts_at <= instant < self.ends_at


class Contract:
    """A contract file: its base, its amendments, its periods."""

    def __init__(self, tree: Tree) -> None:
        self.base = {k: v for k, v in tree.items() if k != "amendments"}
        self.amendments = sorted(
            tree.get("amendments") or [], key=lambda a: date.fromisoformat(a["effective_from"])
        )
        own = self.base["contract"]
        self.effective_date = date.fromisoformat(own["effective_date"])
        self.ramp_months = int(number(own.get("ramp_months")) or 0)
        self.term_months = int(number(own.get("term_months")) or 12)
        zone = self.base.get("time_zone")
        self.zone = ZoneInfo("UTC" if is_null(zone) else str(zone))
        self._periods: dict[int, Period] = {}

    def version_on(self, start: date) -> Tree:
        """Merge the amendments in force for a period that starts on a day (CON-14)."""
        tree = dict(self.base)
        for amendment in self.amendments:
            if date.fromisoformat(amendment["effective_from"]) > start:
                continue
            for name, value in amendment.items():
                if name in ("contract", "voice"):
                    tree[name] = {**(tree.get(name) or {}), **value}
                elif name != "effective_from":
                    tree[name] = value
        return tree

    def start(self, index: int) -> date:
        """Give the first day of period `index`."""
        return add_months(self.effective_date, index)

    def midnight(self, when: date) -> datetime:
        """Give the first instant of a local day, in UTC (PER-2)."""
        return datetime.combine(when, time(), self.zone).astimezone(UTC)

    def voice_start(self, index: int) -> datetime:
        """Give where the voice window of period `index` starts (PER-5, CON-14)."""
        start = self.start(index)
        cutoff = (self.version_on(start).get("voice") or {}).get("cutoff_utc")
        if is_null(cutoff):
            return self.midnight(start)
        return datetime.combine(start, time.fromisoformat(str(cutoff)), UTC)

    def term_of(self, index: int) -> int:
        """Number the terms from 0; the ramp belongs to the first."""
        return max(0, index - self.ramp_months) // self.term_months

    def first_of_term(self, term: int) -> int:
        """Give the index of a term's first period (after the ramp)."""
        return self.ramp_months + term * self.term_months

    def _phase(self, index: int, terms: Tree) -> str:
        terminated = day(terms["contract"].get("terminated_on"))
        if terminated and self.start(index) > terminated:
            return "ended"
        for term in range(1, self.term_of(index) + 1):
            first = self.version_on(self.start(self.first_of_term(term)))
            if not flag(first["contract"].get("auto_renew"), True):
                return "ended"
        return "ramp" if index < self.ramp_months else "term"

    def period(self, index: int) -> Period:
        """Build period `index`."""
        if index not in self._periods:
            start, following = self.start(index), self.start(index + 1)
            terms = self.version_on(start)
            self._periods[index] = Period(
                index=index,
                start=start,
                next_start=following,
                terms=terms,
                phase=self._phase(index, terms),
                starts_at=self.midnight(start),
                ends_at=self.midnight(following),
                voice_from=self.voice_start(index),
                voice_to=self.voice_start(index + 1),
            )
        return self._periods[index]

    @cached_property
    def horizon(self) -> int:
        """Give an index beyond all that a test asks for."""
        return 60

    def period_of_month(self, month: date) -> Period | None:
        """Find the period in force whose last day is in a calendar month (PER-4)."""
        for index in range(self.horizon):
            period = self.period(index)
            if period.last_day.replace(day=1) == month and period.in_force:
                return period
        return None

    def terms_on(self, when: date) -> Tree:
        """Give the contract in force in the period that contains a date (CON-14)."""
        if when < self.effective_date:
            return self.base
        index = next(i for i in range(10_000) if when < self.start(i + 1))
        return self.period(index).terms
