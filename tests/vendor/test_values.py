"""Figures and dates in the styles that invoices print them in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dagster_project.vendor.values import (
    Style,
    find_currency,
    find_dates,
    parse_number,
    style_of,
    without_dates,
)

_GERMAN = Style(decimal_mark=",", is_day_first=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.56", "1234.56"),
        ("$1,234.56", "1234.56"),
        ("USD 1,234.5", "1234.5"),
        ("(12.00)", "-12"),
        ("($12.00)", "-12"),
        ("-5", "-5"),
        ("\u22123.00", "-3"),
        ("3.00-", "-3"),
        ("3.00 CR", "-3"),
        ("0.0119", "0.0119"),
        ("7 %", "0.07"),
        ("100 users", "100"),
        ("1,012", "1012"),
    ],
)
def test_a_figure_is_read_as_printed(text: str, value: str) -> None:
    assert parse_number(text, Style()) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,56", "1234.56"), ("1.012", "1012"), ("1 234,5", "1234.5"), ("-50,00 €", "-50")],
)
def test_a_decimal_comma_is_one(text: str, value: str) -> None:
    assert parse_number(text, _GERMAN) == Decimal(value)


@pytest.mark.parametrize("text", ["", "n/a", "Genesys Cloud CX 2 User", "2 of 3", "10/15/2026"])
def test_what_is_no_figure_is_none(text: str) -> None:
    assert parse_number(text, Style()) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-15 to 2026-10-14",
        "9/15/2026 - 10/14/2026",
        "15.09.2026 – 14.10.2026",
        "15 Sep 2026 – 14 Oct 2026",
        "15 Sep – 14 Oct 2026",
        "Sep 15 - Oct 14, 2026",
        "September 15, 2026 through October 14th, 2026",
        "15-Sep-2026 14-Oct-2026",
    ],
)
def test_a_period_is_read_in_every_style(text: str) -> None:
    assert find_dates(text, Style()) == [date(2026, 9, 15), date(2026, 10, 14)]
    assert without_dates(f"Data Storage {text}") == "Data Storage"


def test_the_year_before_is_that_of_a_period_over_new_year() -> None:
    assert find_dates("Dec 15 - Jan 14, 2027", Style()) == [date(2026, 12, 15), date(2027, 1, 14)]
    assert find_dates("1 – 31 Oct 2026", Style()) == [date(2026, 10, 1), date(2026, 10, 31)]


def test_the_document_says_its_style() -> None:
    assert style_of(["1,012", "3/4/2026"]) == Style()
    assert style_of(["1,012", "1,234.50", "13/4/2026"]) == Style(".", is_day_first=True)
    assert style_of(["1.012", "1.234,50", "2,5"]) == Style(",")
    # figures of a date prove nothing
    assert style_of(["01.10.2026", "12.5"]) == Style(".")


def test_one_currency_is_one_and_two_are_none() -> None:
    assert find_currency(["Payable in USD", "$5.00"]) == "USD"
    assert find_currency(["5,00 €"]) == "EUR"
    assert find_currency(["USD 5.00", "EUR 4.00"]) is None
    assert find_currency(["$5.00"]) is None
