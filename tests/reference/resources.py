"""RES: resources against the fair-use pool."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

from tests.reference import facts
from tests.reference.contract import Period, is_null, number
from tests.reference.reports import Usage


def half_away(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    rounded = Fraction(whole, 10**decimals)
    return -rounded if value < 0 else rounded


def combined(by_day: dict[date, Fraction], how: str) -> Fraction:
    """Combine days (RES-2)."""
    if how == "sum":
        return sum(by_day.values(), Fraction(0))
    if how == "average":
        return sum(by_day.values(), Fraction(0)) / len(by_day)
    if how == "max":
        return max(by_day.values())
    return by_day[max(by_day)]


def cell(period: Period, licence: str, entry: dict[str, Any], resource: str) -> Fraction:
    """Read the allocation of one unit (RES-3)."""
    model = period.terms["contract"]["licence_model"]
    used = "named" if licence in facts.ALWAYS_NAMED else model
    own = number((entry.get("allocation") or {}).get(licence))
    value = facts.allocation(licence, used, resource) if own is None else own
    return value / facts.HOURS_PER_UNIT if used == "hourly" else value


def allowance(
    period: Period, actual: Counter[str], entry: dict[str, Any], resource: str
) -> Fraction:
    """Add up the pool of one resource (RES-3)."""
    units = {licence: Fraction(quantity) for licence, quantity in actual.items()}
    if period.in_term:
        for licence in period.terms.get("licences") or []:
            if licence.get("licence"):
                code = licence["licence"]
                committed = number(licence.get("committed")) or Fraction(0)
                units[code] = max(units.get(code, Fraction(0)), committed)
    return sum((cell(period, c, entry, resource) * q for c, q in units.items()), Fraction(0))


def overages(
    usage: Usage, period: Period, actual: Counter[str]
) -> tuple[dict[str, Fraction], set[str]]:
    """Compute each resource's billed quantity, and the holds (RES-4, RES-7)."""
    entries = {e["resource"]: e for e in period.terms.get("resources") or []}
    days: dict[tuple[str, str], dict[date, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    holds: set[str] = set()
    for row in usage.latest("resources_usage", "date", "resource"):
        if not period.holds(row["date"]):
            continue
        known = facts.RESOURCE_NAMES.get(facts.key(row["resource"]))
        if known is None:
            holds.add("unknown_resource")
        elif known[0]:
            days[known][row["date"]] += row["quantity"]
    billed: dict[str, Fraction] = {}
    for resource, (decimals, how) in facts.RESOURCES.items():
        entry = entries.get(resource, {})
        if not is_null(entry.get("combine")):
            how = entry["combine"]  # noqa: PLW2901
        gross, net = days.get((resource, "gross")), days.get((resource, "net"))
        if gross:
            pool = (
                Fraction(0)
                if resource in facts.MESSAGING
                else allowance(period, actual, entry, resource)
            )
            over = max(Fraction(0), combined(gross, how) - pool)
        elif net:
            over = combined(net, how)
        else:
            continue
        billed[resource] = half_away(over, decimals)
    return billed, holds
