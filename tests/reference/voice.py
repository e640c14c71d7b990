"""VOX: calls, short calls, numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from tests.reference import facts
from tests.reference.contract import Period, flag, is_null, number
from tests.reference.reports import Usage
from tests.reference.resources import half_away

NUMBER_TYPES = {
    "did": "did",
    "toll-free": "toll_free",
    "toll free": "toll_free",
    "fax": "did",  # the generator's own row
}
TOLL_FREE_WORDS = ("toll free", "toll-free", "freephone")  # the last is the generator's own row


@dataclass
class Service:
    """One service and market: the line and what it says about its costs."""

    minutes: Fraction = Fraction(0)
    cost: Fraction | None = None
    calls: int = 0
    has_unknown: bool = False

    def add(self, minutes: Fraction, cost: Fraction | None) -> None:
        """Add one call."""
        self.calls += 1
        self.minutes += minutes
        if cost is None:
            self.has_unknown = True
        else:
            self.cost = (self.cost or Fraction(0)) + cost


@dataclass
class Voice:
    """What VOX counts in one period."""

    lines: dict[tuple[str, str], Service]
    charged: int
    holds: set[str]
    completed: int = 0
    short: int = 0


def digits_of(text: str | None, country: str) -> str:
    """Normalize a number (VOX-6)."""
    number_text = (text or "").strip()
    for scheme in ("sip:", "tel:"):
        if number_text.lower().startswith(scheme):
            number_text = number_text[len(scheme) :].strip()
    number_text = number_text.split("@")[0]
    digits = "".join(c for c in number_text if c in "0123456789")
    if not number_text.startswith("+") and len(digits) == 10 and country in ("US", "CA"):
        digits = "1" + digits
    return digits


def service_of(call: dict[str, Any]) -> str:
    """Find the service (VOX-5)."""
    group, display, kind = (
        facts.key(call[c]) for c in ("usage_group", "usage_group_display", "call_type")
    )
    if any("byoc" in words for words in (group, display, kind)):
        return "byoc"
    if call["direction"] == "inbound":
        return "toll_free" if any(word in kind for word in TOLL_FREE_WORDS) else "inbound"
    if any("extended" in words for words in (group, display, kind)):
        return "extended_outbound"
    return "outbound"


def rate_of(
    rates: list[dict[str, str]], sheet: str, call: dict[str, Any], service: str, digits: str
) -> Fraction | None:
    """Look the rate up (VOX-4)."""
    on = call["start_time"].date()
    fitting = []
    for row in rates:
        group, kind = row.get("usage_group") or "", row.get("call_type") or ""
        starts, ends = date.fromisoformat(row["effective_from"]), row.get("effective_to") or ""
        if (
            row["rate_sheet"] == sheet
            and row["direction"] == call["direction"]
            and row["service"] == service
            and digits.startswith(row["prefix"])
            and starts <= on
            and (not ends or on <= date.fromisoformat(ends))
            and (not group or facts.key(group) == facts.key(call["usage_group"]))
            and (not kind or facts.key(kind) == facts.key(call["call_type"]))
        ):
            filled = bool(group) + bool(kind)
            fitting.append((len(row["prefix"]), filled, starts, Fraction(row["rate_per_minute"])))
    return max(fitting)[3] if fitting else None


def latest_calls(usage: Usage) -> list[dict[str, Any]]:
    """Keep each call once, as received last (VOX-10)."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in usage.rows("voice_usage"):
        kept[
            tuple(
                row[c] for c in ("sip_call_id", "direction", "start_time", "origin", "destination")
            )
        ] = row
    return list(kept.values())


@dataclass
class Rated:
    """A call's figures as billed."""

    seconds: Fraction
    minutes: Fraction
    cost: Fraction | None
    is_free: bool


def computed_seconds(call: dict[str, Any], own: dict[str, Any]) -> Fraction:
    """Round the duration to the increment (VOX-1)."""
    increment = number(own.get("increment_seconds")) or Fraction(6)
    steps = call["duration_seconds"] / increment
    steps = half_away(steps, 0) if own.get("rounding") == "nearest" else Fraction(ceil(steps))
    return steps * increment


def rate_call(
    call: dict[str, Any], own: dict[str, Any], rate: Fraction | None, has_own: bool
) -> Rated:
    """Take the call's own figures or the computed ones (VOX-2, VOX-3)."""
    seconds = computed_seconds(call, own)
    if not has_own:
        cost = None if rate is None else half_away(seconds / 60 * rate, 4)
        return Rated(seconds, seconds / 60, cost, not rate)
    minutes = seconds / 60
    if call["adjusted_duration_seconds"] is not None:
        seconds = call["adjusted_duration_seconds"]
        minutes = seconds / 60
    if call["adjusted_duration_minutes"] is not None:
        minutes = call["adjusted_duration_minutes"]
    decides = call["usage_rate_per_minute"]
    decides = call["total_cost"] if decides is None else decides
    return Rated(seconds, minutes, call["total_cost"], decides == 0)


def rate_calls(usage: Usage, period: Period, rates: list[dict[str, str]]) -> Voice:
    """Rate one period's calls."""
    terms = period.terms
    own = terms.get("voice") or {}
    country, currency = terms["country"], terms["currency"]
    sheet = None if is_null(own.get("rate_sheet")) else own["rate_sheet"]
    is_unpriced = terms.get("channel") == "partner" or flag(terms.get("trial"), False)
    may_lack_a_cost = is_unpriced and sheet is None
    voice = Voice(defaultdict(Service), 0, set())
    for call in latest_calls(usage):
        service = service_of(call)
        if service == "byoc" or not period.voice_from <= call["start_time"] < period.voice_to:
            continue
        if (call["currency"] or currency).strip().upper() != currency:
            voice.holds.add("currency_mismatch")
            continue
        to_rate = call["origin"] if service == "toll_free" else call["destination"]
        digits = digits_of(to_rate, country)
        rate = rate_of(rates, sheet, call, service, digits) if sheet else None
        has_own = own.get("rating", "cdr") == "cdr" and call["total_cost"] is not None
        rated = rate_call(call, own, rate, has_own)
        if rated.cost is None and not may_lack_a_cost:
            voice.holds.add("unrated_calls")
        where = facts.country_of(digits, country)
        market = "unknown" if where is None else "domestic" if where == country else "international"
        voice.lines[service, market].add(rated.minutes, rated.cost)
        if call["direction"] == "outbound":
            voice.completed += rated.seconds > 0
            voice.short += rated.seconds == 6 and not rated.is_free
    for line in voice.lines.values():
        if may_lack_a_cost and line.has_unknown:
            line.cost = None
    voice.charged = _surcharged(own.get("short_call"), voice.completed, voice.short)
    return voice


def _surcharged(terms: dict[str, Any] | None, completed: int, short: int) -> int:
    """Count the short calls that are charged (VOX-7)."""
    if not terms:
        return 0
    least = number(terms.get("min_calls"))
    share = number(terms.get("min_share"))
    least = Fraction(100) if least is None else least
    share = Fraction(15, 100) if share is None else share
    return short if completed >= least and short >= share * completed else 0


def numbers_owned(usage: Usage, first: date, last: date) -> tuple[dict[str, int], set[str]]:
    """Count the numbers owned at any moment of `first` to `last` by type (VOX-8)."""
    owned: dict[str, int] = defaultdict(int)
    holds: set[str] = set()
    for row in usage.latest("phone_numbers", "number"):
        if row["active_from"] <= last and (row["active_to"] is None or row["active_to"] >= first):
            kind = NUMBER_TYPES.get(facts.key(row["type"]))
            if kind:
                owned[kind] += 1
            else:
                holds.add("unknown_number_type")
    return owned, holds


def numbers_bought(usage: Usage, period: Period) -> dict[str, int]:
    """Count the numbers bought or ported in during the period by type (VOX-8)."""
    bought: dict[str, int] = defaultdict(int)
    for row in usage.latest("phone_numbers", "number"):
        kind = NUMBER_TYPES.get(facts.key(row["type"]))
        if kind and period.holds(row["active_from"]):
            bought[kind] += 1
    return bought
