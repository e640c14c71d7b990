"""How figures and codes read on paper. Formatting only: nothing here adds, rounds or decides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

NOT_PRICED = "not priced"
_MINUS = "\N{MINUS SIGN}"
_DASH = "\N{EN DASH}"

SECTION_TITLES = {
    "core": "Core services and fees",
    "resources": "Resource charges",
    "appfoundry": "AppFoundry",
    "devices": "Device charges",
    "telco": "Telco usage charges",
    "one_time": "One-time charges",
    "taxes": "Taxes and fees",
}

# PAY-2 decides which; these are their names.
PAYMENT_METHODS = {
    "ach": "ACH transfer",
    "wire": "wire transfer",
    "check": "check",
    "online_ach": "ACH online",
    "card": "card online",
}

_KIND_TITLES = {"period": "Invoice", "order": "Order invoice", "correction": "Correction invoice"}


def words(code: str) -> str:
    """A code as words: `rejected_rows` → `Rejected rows`."""
    return code.replace("_", " ").capitalize()


def title(kind: str, status: str, *, is_estimate: bool) -> str:
    """What the document is called."""
    if status == "usage_only":
        return "Usage statement"
    if is_estimate:
        return "Estimate"
    return _KIND_TITLES.get(kind, words(kind))


def day(value: date | None) -> str:
    """A date that reads the same everywhere: `5 Oct 2026`."""
    return f"{value.day} {value:%b %Y}" if value else ""


def days(start: date | None, end: date | None) -> str:
    """A service period, its first and last day, as short as it stays clear."""
    if start is None or end is None:
        return day(start or end)
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} {_DASH} {day(end)}"
    if start.year == end.year:
        return f"{start.day} {start:%b} {_DASH} {day(end)}"
    return f"{day(start)} {_DASH} {day(end)}"


def money(value: Decimal | None, minor_units: int) -> str:
    """An amount in its currency's minor units; null is not 0."""
    if value is None:
        return NOT_PRICED
    return _signed(f"{value:,.{minor_units}f}")


def rate(value: Decimal | None, minor_units: int) -> str:
    """A rate with all its digits, at least the currency's; empty if the line has none."""
    if value is None:
        return ""
    text = f"{value.normalize():,f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.ljust(minor_units, "0")
    return _signed(f"{whole}.{decimals}" if decimals else whole)


def percent(value: Decimal | None, _minor_units: int) -> str:
    """A tax rate as people write it: 0.0625 → `6.25 %`. Moves the point, computes nothing."""
    return "" if value is None else _signed(f"{value.scaleb(2).normalize():,f} %")


def quantity(value: Decimal | None) -> str:
    """A quantity with all its digits and no more."""
    return "" if value is None else _signed(f"{value.normalize():,f}")


def _signed(text: str) -> str:
    return f"{_MINUS}{text[1:]}" if text.startswith("-") else text
