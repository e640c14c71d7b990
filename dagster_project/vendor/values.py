"""Dates, numbers and currencies as invoices print them, in several styles.

A document keeps to one style: whether a comma is a decimal comma, and whether 3/4/2026 is in March
or in April, is decided by all of its figures together, never by one alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

_MONTHS = {
    name[:3]: number
    for number, name in enumerate(
        (
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ),
        start=1,
    )
}
_MONTH = r"(?P<month_name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_YEAR = r"(?:,?[\s-]+(?P<year>\d{4}))"
_DATE = re.compile(
    r"\b(?:"
    r"(?P<iso>\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
    r"|(?P<slashed>\d{1,2}/\d{1,2}/(?:\d{4}|\d{2}))"
    r"|(?P<dotted>\d{1,2}\.\s?\d{1,2}\.\s?\d{4})"
    rf"|(?P<day_first>\d{{1,2}}(?:st|nd|rd|th)?[\s-]+{_MONTH}{_YEAR}?)"
    rf"|(?P<month_first>{_MONTH.replace('month_name', 'month_name2')}\s+\d{{1,2}}(?:st|nd|rd|th)?"
    rf"{_YEAR.replace('year', 'year2')}?)"
    r")(?![\d/]|\.\d)",
    re.IGNORECASE,
)
# 1 - 31 Oct 2026, Oct 1 - 31, 2026: the first day has no month of its own
_DAYS = re.compile(r"\b(\d{1,2})\s*[-\u2013\u2014]\s*(\d{1,2}\s+([A-Za-z]{3,9})\.?,?\s+(\d{4}))\b")
_DAYS_AFTER = re.compile(
    r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2})\s*[-\u2013\u2014]\s*(\d{1,2},?\s+(\d{4}))\b"
)
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_NUMBER = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-\u2212\u2013+])?\s*"
    r"(?P<currency>[A-Z]{3}|R\$|[A-Z]{0,2}\$|[\u20ac\u00a3\u00a5])?\s*(?P<sign_after>[-\u2212])?\s*"
    r"(?P<digits>\d{1,3}(?:[.,'\u2019 ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|[.,]\d+)"
    r"\s*(?P<trailing>[-\u2212](?!\d)|CR\b)?"
    r"\s*(?P<unit>%|[A-Za-z\u20ac\u00a3\u00a5$/]{0,16})?\s*(?P<close>\))?",
)
_SYMBOLS = {"R$": "BRL", "\u20ac": "EUR", "\u00a3": "GBP", "\u00a5": "JPY", "US$": "USD",
            "A$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD"}  # fmt: skip
CURRENCIES = ("AUD", "BRL", "CAD", "EUR", "GBP", "JPY", "NZD", "USD")
_CODE = re.compile(rf"\b({'|'.join(CURRENCIES)})\b")


@dataclass(frozen=True)
class Style:
    """How a document writes.

    Attributes:
        decimal_mark: `.` or `,`.
        is_day_first: 3/4/2026 is the third of April.
    """

    decimal_mark: str = "."
    is_day_first: bool = False


def style_of(texts: Iterable[str]) -> Style:
    """The style that a document's texts prove, by majority; the American one where none does."""
    marks = {".": 0, ",": 0}
    is_day_first = False
    for text in texts:
        for match in _DATE.finditer(text):
            if match["slashed"]:
                first, second, _ = map(int, match["slashed"].split("/"))
                is_day_first = is_day_first or (first > len(_MONTHS) >= second)
        for token in re.findall(r"\d[\d.,]*\d", _DATE.sub(" ", text)):
            mark = _proven_mark(token)
            if mark:
                marks[mark] += 1
    return Style("," if marks[","] > marks["."] else ".", is_day_first)


def _proven_mark(token: str) -> str | None:
    """The decimal mark that one figure proves: the last of two kinds, or one not of thousands."""
    kinds = {char for char in token if char in ".,"}
    last = max(token.rfind("."), token.rfind(","))
    if len(kinds) == 2:
        return token[last]
    if len(kinds) == 1 and token.count(token[last]) == 1:
        decimals = len(token) - last - 1
        is_grouped = decimals == 3 and last <= 3 and not token.startswith("0")
        return None if is_grouped else token[last]
    return None


def find_dates(text: str, style: Style) -> list[date]:
    """The dates of a text, in order; one without a year has that of the next one with a year."""
    found: list[tuple[int | None, int, int]] = []
    for match in _DATE.finditer(_with_both_months(text)):
        parts = _date_parts(match, style)
        if parts:
            found.append(parts)
    dates: list[date] = []
    following: date | None = None
    for year, month, day in reversed(found):
        written = year or (following.year if following else None)
        if written is None:
            continue
        try:
            at = date(written, month, day)
            if year is None and following and at > following:
                at = date(written - 1, month, day)
        except ValueError:
            continue
        following = at
        dates.append(at)
    return dates[::-1]


def _with_both_months(text: str) -> str:
    """Days of one month with the month at both."""
    text = _DAYS.sub(r"\1 \3 \4 - \2", text)
    return _DAYS_AFTER.sub(r"\1 \2, \4 - \1 \3", text)


def without_dates(text: str) -> str:
    """The text without its dates and what stands between them."""
    text = _DATE.sub("\0", _with_both_months(text))
    text = re.sub(r"\0\s*(?:-|\u2013|\u2014|to|through|until|bis)?\s*\0", "\0", text)
    return _SPACES.sub(" ", text.replace("\0", " ")).strip(" -\u2013\u2014,;:()")


def _date_parts(match: re.Match[str], style: Style) -> tuple[int | None, int, int] | None:
    if match["iso"]:
        year, month, day = map(int, re.split(r"[-/.]", match["iso"]))
        return year, month, day
    if match["slashed"]:
        first, second, year = map(int, match["slashed"].split("/"))
        month, day = (second, first) if style.is_day_first else (first, second)
        return (year if year > 99 else 2000 + year), month, day
    if match["dotted"]:
        day, month, year = map(int, match["dotted"].split("."))
        return year, month, day
    name = match["month_name"] or match["month_name2"]
    text = match["day_first"] or match["month_first"]
    written_year = match["year"] or match["year2"]
    figures = re.findall(r"\d+", text)
    return (int(written_year) if written_year else None), _MONTHS[name[:3].lower()], int(figures[0])


def parse_number(text: str, style: Style) -> Decimal | None:
    """A figure with its sign, without currency, unit and thousands marks; None: it is none.

    A percentage is returned as a fraction; brackets, a trailing minus and CR make it negative.
    """
    match = _NUMBER.fullmatch(_SPACES.sub(" ", text.strip()))
    if match is None:
        return None
    digits = re.sub(r"['\u2019 ]", "", match["digits"])
    thousands = "," if style.decimal_mark == "." else "."
    digits = digits.replace(thousands, "").replace(style.decimal_mark, ".")
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return None
    if match["unit"] == "%":
        value = value.scaleb(-2)
    minus = "-\u2212\u2013"
    is_negative = (
        (match["sign"] or "+") in minus
        or bool(match["sign_after"])
        or bool(match["trailing"])
        or bool(match["open"] and match["close"])
    )
    return -value if is_negative else value


def find_currency(texts: Iterable[str]) -> str | None:
    """The currency that a document names: its only code, else its only unambiguous symbol."""
    codes: set[str] = set()
    symbols: set[str] = set()
    for text in texts:
        codes.update(_CODE.findall(text))
        symbols.update(
            _SYMBOLS[symbol]
            for symbol in re.findall(r"R\$|US\$|CA\$|NZ\$|A\$|C\$|[\u20ac\u00a3\u00a5]", text)
        )
    if len(codes) == 1:
        return codes.pop()
    return symbols.pop() if not codes and len(symbols) == 1 else None
