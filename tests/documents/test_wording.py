from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dagster_project.documents import wording


@pytest.mark.parametrize(
    ("value", "minor_units", "text"),
    [
        ("1234567.5", 2, "1,234,567.50"),
        ("0", 2, "0.00"),
        ("-275.5", 2, "\N{MINUS SIGN}275.50"),
        ("1051250.00", 0, "1,051,250"),
    ],
)
def test_money_has_the_currencys_decimals(value: str, minor_units: int, text: str) -> None:
    assert wording.money(Decimal(value), minor_units) == text


def test_no_money_is_not_zero() -> None:
    assert wording.money(None, 2) == "not priced"


@pytest.mark.parametrize(
    ("value", "minor_units", "text"),
    [
        ("95.000000", 2, "95.00"),
        ("0.007500", 2, "0.0075"),
        ("115.5", 2, "115.50"),
        ("1100.000000", 2, "1,100.00"),
        ("165.000000", 0, "165"),
        ("2.600000", 0, "2.6"),
        ("-275.5", 2, "\N{MINUS SIGN}275.50"),
    ],
)
def test_a_rate_shows_all_its_digits_and_at_least_the_currencys(
    value: str, minor_units: int, text: str
) -> None:
    assert wording.rate(Decimal(value), minor_units) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("60.000000", "60"), ("100.000000", "100"), ("35410.500000", "35,410.5"), ("0.100000", "0.1")],
)
def test_a_quantity_shows_the_digits_it_has(value: str, text: str) -> None:
    assert wording.quantity(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "text"), [("0.0625", "6.25 %"), ("0.19", "19 %"), ("0.100000", "10 %"), ("0", "0 %")]
)
def test_a_tax_rate_is_a_percentage(value: str, text: str) -> None:
    assert wording.percent(Decimal(value), 2) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), "1 \N{EN DASH} 31 Oct 2026"),
        (date(2026, 9, 15), date(2026, 10, 14), "15 Sep \N{EN DASH} 14 Oct 2026"),
        (date(2026, 12, 15), date(2027, 1, 14), "15 Dec 2026 \N{EN DASH} 14 Jan 2027"),
        (date(2026, 10, 12), date(2026, 10, 12), "12 Oct 2026"),
        (None, None, ""),
    ],
)
def test_a_service_period_is_as_short_as_it_stays_clear(
    start: date | None, end: date | None, text: str
) -> None:
    assert wording.days(start, end) == text
