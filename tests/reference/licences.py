"""LIC: users, the pool, hours; what one period's evidence says."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any

from tests.reference import facts
from tests.reference.contract import Period, flag, is_null, number
from tests.reference.reports import Usage

Span = tuple[datetime, datetime]
MILLIS_PER_HOUR = 3_600_000


@dataclass
class Counted:
    """What LIC counts in one period."""

    actual: Counter[str] = field(default_factory=Counter)  # base licence → units
    add_ons: Counter[str] = field(default_factory=Counter)
    apps: dict[str, set[str]] = field(default_factory=dict)  # charge name key → holders
    device_rows: dict[str, set[str]] = field(default_factory=dict)  # charge name key → devices
    unknown_names: set[str] = field(default_factory=set)
    pool_range: tuple[Fraction, Fraction] | None = None  # only from the daily report (LIC-8)
    pool: int = 0
    models: set[str | None] = field(default_factory=set)  # LIC-10
    cx_codes: set[str | None] = field(default_factory=set)  # LIC-13
    holds: set[str] = field(default_factory=set)


def known_name(name: str | None) -> tuple[str | None, str | None]:
    """Read a charge name as (base licence, model)."""
    return facts.CHARGE_NAMES.get(facts.key(name), (None, None))


def merge(spans: list[Span]) -> list[Span]:
    """Join overlapping spans of one user."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def millis(spans: list[Span]) -> Fraction:
    """Add up spans, overlaps once, in exact milliseconds."""
    total = Fraction(0)
    for start, end in merge(spans):
        delta = end - start
        total += Fraction(
            (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds, 1000
        )
    return total


def whole_hours(milliseconds: Fraction) -> int:
    """Round up to whole hours (LIC-11)."""
    return ceil(Fraction(milliseconds) / MILLIS_PER_HOUR)


def peak_of_spans(by_user: dict[str, list[Span]], minutes: Fraction, mode: str) -> int:
    """Find the billed peak of users' sessions by looking at every instant of change (LIC-7)."""
    changes: Counter[datetime] = Counter()
    for spans in by_user.values():
        for start, end in merge(spans):
            changes[start] += 1
            changes[end] -= 1
    instants = sorted(changes)
    pieces: list[tuple[int, Fraction]] = []  # users logged in, milliseconds
    level = 0
    for here, there in pairwise(instants):
        level += changes[here]
        pieces.append((level, millis([(here, there)])))
    needed = minutes * 60_000
    best = 0
    for n in {piece[0] for piece in pieces} - {0}:
        if mode == "cumulative_at_least":
            held = sum((t for users, t in pieces if users >= n), Fraction(0))
        elif mode == "cumulative_exact":
            held = sum((t for users, t in pieces if users == n), Fraction(0))
        else:
            held = run = Fraction(0)
            for users, t in pieces:
                run = run + t if users >= n else Fraction(0)
                held = max(held, run)
        if held >= needed:
            best = max(best, n)
    return best


def peak_of_days(days: list[tuple[Fraction, Fraction]], minutes: Fraction, mode: str) -> Fraction:
    """Read the daily report's (peak, minutes at it) in the same modes (LIC-8)."""
    best = Fraction(0)
    for n, _ in days:
        if mode == "cumulative_at_least":
            held = sum((m for peak, m in days if peak >= n), Fraction(0))
        elif mode == "cumulative_exact":
            held = sum((m for peak, m in days if peak == n), Fraction(0))
        else:
            held = max(m for peak, m in days if peak == n)
        if held >= minutes:
            best = max(best, n)
    return best


class Evidence:
    """The licence evidence of one period."""

    def __init__(self, usage: Usage, period: Period) -> None:
        self.period = period
        terms = period.terms
        own = terms["contract"]
        self.model = own["licence_model"]
        peak = own.get("peak") or {}
        self.minutes = Fraction(30) if is_null(peak.get("minutes")) else number(peak["minutes"])
        self.mode = peak.get("mode") or "cumulative_at_least"
        self.accept_daily = flag(peak.get("accept_daily_report"), False)
        self.contract_cx = [
            e["licence"] for e in terms.get("licences") or [] if facts.is_cx(e.get("licence"))
        ]

        self.rows = [
            (facts.key(r["charge_name"]), r["entity"].strip().lower())
            for r in usage.rows("billable_usage")
            if period.contains(r["timestamp"])
        ]
        self.licences_of: dict[str, set[str]] = defaultdict(set)
        for name, entity in self.rows:
            licence, _ = known_name(name)
            if licence:
                self.licences_of[entity].add(licence)
        self.highest = {
            user: max(held, key=facts.TIERS.index) for user, held in self.licences_of.items()
        }

        self.sessions: list[tuple[str, Span, str | None, str | None, str | None]] = []
        for row in usage.latest("login_sessions", "user", "login_at", "client"):
            start = max(row["login_at"], period.starts_at)
            end = min(row["logout_at"] or period.ends_at, period.ends_at)
            if start < end:
                licence, model = known_name(row["charge_name"])
                user = row["user"].strip().lower()
                self.sessions.append((user, (start, end), licence, model, row["client"]))

        self.hours = [
            r
            for r in usage.latest("user_hours", "user", "date", "charge_name")
            if period.holds(r["date"])
        ]
        self.days = [
            (r["peak_concurrent_users"], r["minutes"])
            for r in usage.latest("concurrent_usage", "date")
            if period.holds(r["date"])
        ]

    def spans(self, only: set[str] | None = None, tempo: bool = True) -> dict[str, list[Span]]:
        """Give sessions by user, of all charge names."""
        by_user: dict[str, list[Span]] = defaultdict(list)
        for user, span, _, _, client in self.sessions:
            if (only is None or user in only) and (tempo or "tempo" not in (client or "").lower()):
                by_user[user].append(span)
        return by_user

    def pool_spans(self) -> dict[str, list[Span]]:
        """Give the pool's sessions: a CX name, or none and not a user of another licence."""
        by_user: dict[str, list[Span]] = defaultdict(list)
        for user, span, licence, _, _ in self.sessions:
            if facts.is_cx(licence) or (
                licence is None and facts.is_cx(self.highest.get(user, "cx"))
            ):
                by_user[user].append(span)
        return by_user

    def licence_of_hours(self, user: str, reported: str | None) -> str | None:
        """Settle whose hours they are (LIC-11)."""
        if reported:
            return reported
        if user in self.highest:
            return self.highest[user]
        return self.contract_cx[0] if len(self.contract_cx) == 1 else None

    def hours_by_licence(self) -> dict[str, Fraction]:
        """Add up the milliseconds per CX licence (LIC-11)."""
        total: dict[str, Fraction] = defaultdict(Fraction)
        if self.hours:
            for row in self.hours:
                user = row["user"].strip().lower()
                licence = self.licence_of_hours(user, known_name(row["charge_name"])[0])
                if facts.is_cx(licence):
                    total[licence] += row["logged_in_duration"]
            return total
        spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
        for user, span, reported, _, client in self.sessions:
            licence = self.licence_of_hours(user, reported)
            if facts.is_cx(licence) and "tempo" not in (client or "").lower():
                spans[user, licence].append(span)
        for (_, licence), theirs in spans.items():
            total[licence] += millis(theirs)
        return total

    def hours_of(self, users: set[str]) -> int:
        """Count all hours of some users, rounded once (APP-1)."""
        if self.hours:
            return whole_hours(
                sum(
                    (
                        Fraction(r["logged_in_duration"])
                        for r in self.hours
                        if r["user"].strip().lower() in users
                    ),
                    Fraction(0),
                )
            )
        by_user = self.spans(only=users, tempo=False)
        return whole_hours(sum((millis(s) for s in by_user.values()), Fraction(0)))

    def peak_of(self, users: set[str]) -> tuple[int, int]:
        """Find the peak of some users (APP-1), both ends of what is proved (LIC-8).

        With the daily report only (neither a pool session nor one of theirs touches the period)
        it is the smaller of its reading and the holders, whatever the contract's licence model.
        """
        is_seen = self.pool_spans() or self.spans(only=users)
        if not is_seen and self.days:
            low = peak_of_days(self.days, self.minutes, self.mode)
            high = max(peak for peak, _ in self.days)
            return min(int(low), len(users)), min(int(high), len(users))
        peak = peak_of_spans(self.spans(only=users), self.minutes, self.mode)
        return peak, peak


def count(evidence: Evidence) -> Counted:
    """Count one period's licences, add-ons, app holders and device rows."""
    counted = Counted()
    _sort_rows(evidence, counted)
    _count_named(evidence, counted)
    if evidence.model == "concurrent":
        _count_pool(evidence, counted)
    elif evidence.model == "hourly":
        for licence, milliseconds in evidence.hours_by_licence().items():
            counted.actual[licence] += whole_hours(milliseconds)
    _hold(evidence, counted)
    return counted


def _charge_name_keys(entries: list[dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
    """Index contract entries by their charge name."""
    return {facts.key(e["charge_name"]): e for e in entries or [] if e.get("charge_name")}


def _sort_rows(evidence: Evidence, counted: Counted) -> None:
    """Tell Billable Usage rows apart: devices, add-ons, apps, unknown (LIC-3, LIC-5)."""
    terms = evidence.period.terms
    add_ons = _charge_name_keys(terms.get("licences"))
    apps = _charge_name_keys(terms.get("appfoundry"))
    devices = _charge_name_keys(terms.get("devices"))
    for name, entity in set(evidence.rows):
        is_billable = entity in evidence.licences_of
        if name in devices:
            counted.device_rows.setdefault(name, set()).add(entity)
        elif name in add_ons:
            counted.add_ons[add_ons[name]["add_on"]] += is_billable
        elif name in apps:
            counted.apps.setdefault(name, set()).update({entity} if is_billable else set())
        elif known_name(name)[0] is None:
            counted.unknown_names.add(name)


def _count_named(evidence: Evidence, counted: Counted) -> None:
    """Count named users at their highest licence (LIC-1, LIC-2, LIC-6)."""
    with_cx = {u for u, held in evidence.licences_of.items() if any(map(facts.is_cx, held))}
    with_cx |= {user for user, _, licence, _, _ in evidence.sessions if facts.is_cx(licence)}
    for user, highest in evidence.highest.items():
        if evidence.model == "named" or user not in with_cx:
            counted.actual[highest] += 1


def _count_pool(evidence: Evidence, counted: Counted) -> None:
    """Count the pool at the highest CX tier held (LIC-6, LIC-7, LIC-8)."""
    tiers = {c for held in evidence.licences_of.values() for c in held if facts.is_cx(c)}
    tiers |= {licence for _, _, licence, _, _ in evidence.sessions if facts.is_cx(licence)}
    if not tiers:
        tiers = set(evidence.contract_cx)
    spans = evidence.pool_spans()
    if spans:
        counted.pool = peak_of_spans(spans, evidence.minutes, evidence.mode)
    elif evidence.days:
        low = peak_of_days(evidence.days, evidence.minutes, evidence.mode)
        counted.pool = int(low)
        counted.pool_range = (low, max(peak for peak, _ in evidence.days))
    if tiers:
        counted.actual[max(tiers, key=facts.TIERS.index)] += counted.pool
    elif counted.pool or (counted.pool_range and counted.pool_range[1]):
        counted.holds.add("concurrency_evidence")  # users that no licence can be billed for


def _hold(evidence: Evidence, counted: Counted) -> None:
    own: dict[str, Any] = evidence.period.terms["contract"]
    of_rows = [known_name(name) for name, _ in evidence.rows]
    of_sessions = [(licence, model) for _, _, licence, model, _ in evidence.sessions]
    of_hours = [known_name(row["charge_name"]) for row in evidence.hours]
    counted.models = {
        model
        for licence, model in (*of_rows, *of_sessions, *of_hours)
        if facts.is_cx(licence) and model
    }
    counted.cx_codes = {licence for licence, _ in of_rows if facts.is_cx(licence)}
    if counted.models - {evidence.model}:
        counted.holds.add("licence_model_mixing")
    if own.get("mixed_tiers") == "forbidden" and len(counted.cx_codes) > 1:
        counted.holds.add("tier_mixing")
    if counted.pool_range and not evidence.accept_daily:
        low, high = counted.pool_range
        if low != high:
            counted.holds.add("concurrency_evidence")
    if counted.unknown_names:
        counted.holds.add("unknown_charge_name")
