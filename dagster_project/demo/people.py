"""People: who they are, when they work, and the reports that follow from it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from dagster_project.demo.calendar import (
    Period,
    add_months,
    by_month,
    days_between,
    utc,
)
from dagster_project.demo.landing import Landing, write_dates, write_times
from dagster_project.demo.organizations import Organization, Staff
from dagster_project.demo.summary import KnownUnits

# LIC-7's default: how long a peak must last, all in all, to be billed.
_PEAK_SECONDS = 30 * 60


@dataclass(frozen=True)
class Person:
    """One user: a licence and a personal way of working.

    Attributes:
        joined: first day; None: before the demo begins.
        left: the day after the last; None: still there.
        never_works: has a licence but never logged in.
        upgraded_on: from this day also seen with `upgrade` (LIC-2).
    """

    user: str
    staff: Staff
    shift: float
    works_weekends: bool
    add_on: bool
    joined: date | None = None
    left: date | None = None
    never_works: bool = False
    upgraded_on: date | None = None


@dataclass(frozen=True)
class Session:
    """One login: `[login, logout)` in UTC."""

    person: Person
    login: datetime
    logout: datetime
    client: str


class Workforce:
    """The people of one organization and the days on which each of them worked."""

    def __init__(
        self, organization: Organization, days: list[date], upgraded_on: date, seed: list[int]
    ) -> None:
        self.organization = organization
        self._rng = np.random.default_rng(seed)
        self._zone = ZoneInfo(organization.time_zone)
        self.people = self._hire(days)
        if organization.slug == "harrow-finch":
            self._upgrade("cx2", upgraded_on)
        self.logins = {person.user: self._first_logins(person, days) for person in self.people}

    def _hire(self, days: list[date]) -> list[Person]:
        organization, rng = self.organization, self._rng
        names = [
            f"{first}.{last}"
            for first in organization.first_names
            for last in organization.last_names
        ]
        rng.shuffle(names)
        people: list[Person] = []
        for staff in organization.staff:
            for index in range(staff.people):
                person = Person(
                    user=f"{names[len(people)]}@{organization.domain}",
                    staff=staff,
                    shift=float(rng.choice(staff.shifts)),
                    works_weekends=bool(rng.random() < staff.weekend),
                    add_on=index < staff.add_on_people,
                )
                if index >= staff.people - staff.leavers:
                    person = replace(person, left=days[int(rng.integers(0, len(days) * 3 // 4))])
                elif index >= staff.people - staff.leavers - 1:
                    person = replace(person, never_works=True)
                elif index % 12 == 7:
                    person = replace(person, joined=days[int(rng.integers(0, len(days)))])
                people.append(person)
        return people

    def _upgrade(self, licence: str, day: date) -> None:
        upgraded = 0
        for place, person in enumerate(self.people):
            stays = not (person.joined or person.left or person.never_works or person.add_on)
            if person.staff.licence == licence and stays and upgraded < 2:
                self.people[place] = replace(person, upgraded_on=day)
                upgraded += 1

    def _first_logins(self, person: Person, days: list[date]) -> dict[date, datetime]:
        """The first login of each day worked, local day → UTC."""
        rng = self._rng
        attends = rng.random(len(days)) < 0.92
        late = rng.normal(0.05, 0.12, len(days)).clip(-0.3, 0.9)
        logins = {}
        for day, is_there, delay in zip(days, attends, late, strict=True):
            employed = (person.joined is None or day >= person.joined) and (
                person.left is None or day < person.left
            )
            workday = day.weekday() < 5 or person.works_weekends
            if is_there and employed and workday and not person.never_works:
                logins[day] = utc(day, person.shift + float(delay), self._zone)
        return logins

    def write_billable_usage(
        self,
        landing: Landing,
        periods: list[Period],
        open_until: date,
    ) -> list[KnownUnits]:
        """One download a period, one of the open period, one after some days (rows are a set)."""
        known: list[KnownUnits] = []
        downloads = [
            (period, period.next_start, f"{period.invoice_month:%Y-%m}") for period in periods
        ]
        last = periods[-1]
        if self.organization.us_dates:
            early = last.start + timedelta(days=3)
            downloads.insert(-1, (last, early, f"{last.invoice_month:%Y-%m}_first_days"))
        if last.next_start < open_until:
            following = Period(add_months(last.invoice_month, 1), last.next_start, open_until)
            downloads.append((following, open_until, f"{following.invoice_month:%Y-%m}_to_date"))
        for period, until, label in downloads:
            rows, units = self._billable(_as_seen_on(period, until))
            self._write_usage(landing, rows, label, until)
            if period in periods and until == period.next_start:
                known += [
                    KnownUnits(
                        org=self.organization.slug,
                        invoice_month=period.invoice_month,
                        licence=unit,
                        licence_model="named",
                        quantity=len(users),
                    )
                    for unit, users in sorted(units.items())
                    if self.organization.licence_model == "named" or not unit.startswith("cx")
                ]
        return known

    def _billable(
        self, period: Period
    ) -> tuple[list[tuple[str, str, datetime | None]], dict[str, set[str]]]:
        """Rows (charge name, entity, first login) and the users that count per unit (LIC-2)."""
        rows: list[tuple[str, str, datetime | None]] = []
        units: dict[str, set[str]] = defaultdict(set)
        for person in self.people:
            logins = [
                login
                for day, login in self.logins[person.user].items()
                if period.start <= day < period.next_start
            ]
            if not logins:
                if person.never_works:
                    rows.append((person.staff.charge_name, person.user, None))
                continue
            first, licence = min(logins), person.staff.licence
            upgrade = person.upgraded_on
            if upgrade is None or upgrade > period.start:
                rows.append((person.staff.charge_name, person.user, first))
            if upgrade is not None and upgrade < period.next_start:
                since = [
                    login
                    for day, login in self.logins[person.user].items()
                    if max(upgrade, period.start) <= day < period.next_start
                ]
                if since:
                    rows.append(("Genesys Cloud CX 3 User", person.user, min(since)))
                    licence = "cx3"
            units[licence].add(person.user)
            if person.add_on and person.staff.add_on:
                rows.append((person.staff.add_on[0], person.user, first))
                units[person.staff.add_on[1]].add(person.user)
        rows += self._extra_rows(rows, period)
        return rows, units

    def _extra_rows(
        self, rows: list[tuple[str, str, datetime | None]], period: Period
    ) -> list[tuple[str, str, datetime | None]]:
        """Users of an app, and devices that this report counts."""
        organization = self.organization
        extra: list[tuple[str, str, datetime | None]] = []
        if organization.app_users:
            charge_name, count = organization.app_users
            seen = [row for row in rows if row[2] is not None and "CX" in row[0]]
            extra += [(charge_name, user, login) for _, user, login in seen[:count]]
        for charge_name, count in organization.counted_devices:
            switched_on = utc(period.start, 6, self._zone)
            extra += [
                (charge_name, f"wallboard-{number:02d}", switched_on + timedelta(seconds=number))
                for number in range(1, count + 1)
            ]
        return extra

    def _write_usage(
        self,
        landing: Landing,
        rows: list[tuple[str, str, datetime | None]],
        label: str,
        until: date,
    ) -> None:
        frame = pl.DataFrame(
            {
                "Charge Name": [charge_name for charge_name, _, _ in rows],
                "Entity": [entity for _, entity, _ in rows],
                "Timestamp": write_times(
                    [moment for _, _, moment in rows], self.organization.us_dates
                ),
            }
        )
        received_at = datetime.combine(until, datetime.min.time()) + timedelta(hours=7)
        landing.table(
            self.organization.slug,
            "billable_usage",
            f"billable_usage_{label}.csv",
            received_at,
            frame,
        )

    def write_org_users(self, landing: Landing, received_at: datetime) -> None:
        """Division, department and cost center of each user; a few have none (chargeback)."""
        divisions = self.organization.divisions
        chosen = self._rng.integers(0, len(divisions), len(self.people))
        assigned = [
            ("", "", "") if index % 40 == 39 else divisions[place]
            for index, place in enumerate(chosen)
        ]
        frame = pl.DataFrame(
            {
                "User": [person.user for person in self.people],
                "Division": [division for division, _, _ in assigned],
                "Department": [department for _, department, _ in assigned],
                "Cost Center": [cost_center for _, _, cost_center in assigned],
            }
        )
        landing.table(self.organization.slug, "org_users", "org_users.csv", received_at, frame)

    def write_sessions(
        self, landing: Landing, periods: list[Period], days: list[date]
    ) -> list[KnownUnits]:
        """Login sessions and the daily Concurrent Usage report; the known peak of each period.

        A month's download has the sessions of its days; one still open when the month ends has no
        logout and comes again, closed, in the next download (LIC-8).
        """
        sessions = self._sessions(days)
        still_open: list[Session] = []
        for month, _ in by_month(days):
            next_month = add_months(month, 1)
            ends_at = utc(next_month, 0, self._zone)
            begins_at = utc(month, 0, self._zone)
            begun = [session for session in sessions if begins_at <= session.login < ends_at]
            self._write_sessions(landing, still_open + begun, month, ends_at)
            self._write_peaks(landing, still_open + begun, month)
            still_open = [session for session in begun if session.logout > ends_at]
        known = []
        for period in periods:
            steps = _levels(
                self._pool(sessions),
                utc(period.start, 0, self._zone),
                utc(period.next_start, 0, self._zone),
            )
            known.append(
                KnownUnits(
                    org=self.organization.slug,
                    invoice_month=period.invoice_month,
                    licence="cx2",
                    licence_model="concurrent",
                    quantity=_billed_peak(steps),
                )
            )
        return known

    def _pool(self, sessions: list[Session]) -> list[Session]:
        return [session for session in sessions if session.person.staff.licence == "cx2"]

    def _sessions(self, days: list[date]) -> list[Session]:
        """A shift in one or two sittings; some also look in from a telephone meanwhile."""
        rng = self._rng
        sessions: list[Session] = []
        for person in self.people:
            desk = "Genesys Cloud Desktop" if rng.random() < 0.7 else "Web"
            phone = "Mobile iOS" if rng.random() < 0.5 else "Mobile Android"
            for login in self.logins[person.user].values():
                worked = timedelta(hours=person.staff.hours, seconds=int(rng.integers(-900, 1200)))
                logout = login + worked
                if rng.random() < 0.6:
                    away = login + worked / 2
                    back = away + timedelta(seconds=int(rng.integers(1500, 3000)))
                    sessions.append(Session(person, login, _whole(away), desk))
                    sessions.append(Session(person, _whole(back), logout, desk))
                else:
                    sessions.append(Session(person, login, logout, desk))
                if rng.random() < 0.1:
                    glance = login + timedelta(seconds=int(rng.integers(600, 20_000)))
                    until = glance + timedelta(seconds=int(rng.integers(60, 1800)))
                    sessions.append(Session(person, glance, until, phone))
        return sorted(sessions, key=lambda session: (session.login, session.person.user))

    def _write_sessions(
        self, landing: Landing, sessions: list[Session], month: date, ends_at: datetime
    ) -> None:
        frame = pl.DataFrame(
            {
                "User": [session.person.user for session in sessions],
                "Login At": write_times([session.login for session in sessions], us_style=False),
                "Logout At": write_times(
                    [session.logout if session.logout <= ends_at else None for session in sessions],
                    us_style=False,
                ),
                # a telephone's session names no licence
                "Charge Name": [
                    "" if "Mobile" in session.client else session.person.staff.charge_name
                    for session in sessions
                ],
                "Client": [session.client for session in sessions],
            }
        )
        received_at = datetime.combine(add_months(month, 1), datetime.min.time())
        landing.table(
            self.organization.slug,
            "login_sessions",
            f"login_sessions_{month:%Y-%m}.csv",
            received_at + timedelta(hours=8, minutes=20),
            frame,
        )

    def _write_peaks(self, landing: Landing, sessions: list[Session], month: date) -> None:
        pool = self._pool(sessions)
        days = days_between(month, add_months(month, 1))
        peaks, minutes = [], []
        for day in days:
            steps = _levels(
                pool, utc(day, 0, self._zone), utc(day + timedelta(days=1), 0, self._zone)
            )
            peak = max((level for level, _ in steps), default=0)
            at_peak = sum(seconds for level, seconds in steps if level == peak)
            peaks.append(peak)
            minutes.append(at_peak // 60)
        frame = pl.DataFrame(
            {
                "Date": write_dates(days, us_style=False),
                "Peak Concurrent Users": peaks,
                "Minutes": minutes,
            }
        )
        received_at = datetime.combine(add_months(month, 1), datetime.min.time())
        landing.table(
            self.organization.slug,
            "concurrent_usage",
            f"concurrent_usage_{month:%Y-%m}.csv",
            received_at + timedelta(hours=8, minutes=25),
            frame,
        )

    def write_hours(
        self, landing: Landing, periods: list[Period], days: list[date]
    ) -> list[KnownUnits]:
        """User Hour Usage, one download a month; the known hours, rounded up once (LIC-11)."""
        rng = self._rng
        per_day: dict[date, int] = defaultdict(int)
        for month, month_days in by_month(days):
            rows: list[tuple[str, date, int]] = []
            for day in month_days:
                for person in self.people:
                    if person.staff.licence == "cx2" and day in self.logins[person.user]:
                        hours = float(rng.normal(person.staff.hours - 0.6, 0.7))
                        milliseconds = int(max(hours, 0.5) * 3_600_000)
                        rows.append((person.user, day, milliseconds))
                        per_day[day] += milliseconds
            self._write_hours(landing, rows, month)
        return [
            KnownUnits(
                org=self.organization.slug,
                invoice_month=period.invoice_month,
                licence="cx2",
                licence_model="hourly",
                quantity=math.ceil(
                    sum(per_day[day] for day in days_between(period.start, period.next_start))
                    / 3_600_000
                ),
            )
            for period in periods
        ]

    def _write_hours(
        self, landing: Landing, rows: list[tuple[str, date, int]], month: date
    ) -> None:
        charge_name = self.organization.staff[0].charge_name
        frame = pl.DataFrame(
            {
                "User": [user for user, _, _ in rows],
                "Date": write_dates([day for _, day, _ in rows], us_style=False),
                "Logged In Duration": [_duration(milliseconds) for _, _, milliseconds in rows],
                "Charge Name": [charge_name] * len(rows),
            }
        )
        received_at = datetime.combine(add_months(month, 1), datetime.min.time())
        landing.table(
            self.organization.slug,
            "user_hours",
            f"user_hours_{month:%Y-%m}.csv",
            received_at + timedelta(hours=8, minutes=30),
            frame,
        )


def _as_seen_on(period: Period, until: date) -> Period:
    """The period as a download made on `until` sees it."""
    return replace(period, next_start=min(period.next_start, until))


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _duration(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{rest:03d}"


def _levels(sessions: list[Session], start: datetime, end: datetime) -> list[tuple[int, int]]:
    """How many users were logged in, for how many seconds, step by step through `[start, end)`.

    A user counts once however many of their sessions overlap.
    """
    stays: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for session in sessions:
        login, logout = max(session.login, start), min(session.logout, end)
        if login < logout:
            stays[session.person.user].append((login, logout))
    changes: dict[datetime, int] = defaultdict(int)
    for intervals in stays.values():
        present_until = start
        for login, logout in sorted(intervals):
            if logout > present_until:
                changes[max(login, present_until)] += 1
                changes[logout] -= 1
                present_until = logout
    moments = sorted(changes)
    steps, level = [], 0
    for moment, following in pairwise(moments):
        level += changes[moment]
        steps.append((level, int((following - moment).total_seconds())))
    return steps


def _billed_peak(steps: list[tuple[int, int]]) -> int:
    """The largest number logged in together for half an hour, all in all (LIC-7)."""
    remaining = _PEAK_SECONDS
    for level, seconds in sorted(steps, reverse=True):
        remaining -= seconds
        if remaining <= 0:
            return level
    return 0
