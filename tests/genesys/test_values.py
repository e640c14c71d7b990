"""Cells to values, exactly as inputs.md writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.genesys.report import Kind
from dagster_project.genesys.values import parse


def parsed(kind: Kind, *cells: str | None) -> list[Any]:
    return parse(kind, pl.Series("cell", cells, pl.String)).to_list()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026-10-03T14:05:09Z", datetime(2026, 10, 3, 14, 5, 9)),
        ("2026-10-03 14:05:09", datetime(2026, 10, 3, 14, 5, 9)),
        ("2026-10-03T14:05:09", datetime(2026, 10, 3, 14, 5, 9)),
        ("2026-10-03T14:05:09.123Z", datetime(2026, 10, 3, 14, 5, 9, 123000)),
        ("2026-10-03T14:05:09.123456", datetime(2026, 10, 3, 14, 5, 9, 123456)),
        ("2026-10-03T14:05:09.1234569Z", datetime(2026, 10, 3, 14, 5, 9, 123456)),
        ("2026-10-03T14:05:09+10:00", datetime(2026, 10, 3, 4, 5, 9)),
        ("2026-01-01 00:30:00.5+0530", datetime(2025, 12, 31, 19, 0, 0, 500000)),
        ("2026-10-03T14:05:09-05", datetime(2026, 10, 3, 19, 5, 9)),
        ("2026-10-03T14:05Z", datetime(2026, 10, 3, 14, 5)),
        (" 2026-10-03T14:05:09Z ", datetime(2026, 10, 3, 14, 5, 9)),
        ("10/3/2026 2:05:09 PM", datetime(2026, 10, 3, 14, 5, 9)),
        ("10/03/2026 02:05:09 am", datetime(2026, 10, 3, 2, 5, 9)),
        ("10/3/2026 12:00:00 AM", datetime(2026, 10, 3)),
        ("10/3/2026 12:00:00 PM", datetime(2026, 10, 3, 12)),
        ("10/3/2026 2:05:09\u202fPM", datetime(2026, 10, 3, 14, 5, 9)),
        ("2026-02-29T00:00:00Z", None),
        ("2026-10-03T24:00:00Z", None),
        ("2026-10-03T14:05:60Z", None),
        ("+2026-1-03T14:05:09Z", None),
        ("2026-10- 3T14:05:09Z", None),
        ("10/3/2026 14:05:09", None),
        ("13/3/2026 2:05:09 PM", None),
        ("2/30/2026 2:05:09 PM", None),
        ("2026-10-03", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_and_time_is_an_instant_in_utc(cell: str | None, value: datetime | None) -> None:
    assert parsed(Kind.TIMESTAMP, cell) == [value]


@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1)).map(
                lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
            ),
            st.sampled_from(["z", "space", "offset", "fraction", "us"]),
            st.integers(-14 * 60, 14 * 60),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_styles_may_mix_in_a_column(cells: list[tuple[datetime, str, int]]) -> None:
    texts, expected = [], []
    for at, style, offset in cells:
        whole = at.replace(microsecond=0)
        text, value = {
            "z": (f"{whole.isoformat()}Z", whole),
            "space": (str(whole), whole),
            "fraction": (f"{at.isoformat(timespec='milliseconds')}Z", at),
            "offset": (
                at.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=offset))).isoformat(),
                at,
            ),
            "us": (f"{at.month}/{at.day}/{at.year} {whole:%I:%M:%S %p}".replace(" 0", " "), whole),
        }[style]
        texts.append(text)
        expected.append(value)
    assert parsed(Kind.TIMESTAMP, *texts) == expected
    assert [parsed(Kind.TIMESTAMP, text)[0] for text in texts] == expected


@given(st.text("0123456789-T:Z +./ APM", min_size=8, max_size=26))
def test_a_cell_is_judged_alike_beside_usual_and_unusual_cells(cell: str) -> None:
    usual, unusual = "2026-10-03T14:05:09Z", "10/3/2026 2:05:09 PM"
    beside_usual = parsed(Kind.TIMESTAMP, usual, cell)[1]
    assert beside_usual == parsed(Kind.TIMESTAMP, unusual, cell)[1]
    assert beside_usual == parsed(Kind.TIMESTAMP, cell)[0]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026-10-03", date(2026, 10, 3)),
        ("10/3/2026", date(2026, 10, 3)),
        ("01/09/2026", date(2026, 1, 9)),
        ("2026-02-30", None),
        ("2/30/2026", None),
        ("2026-1-3", None),
        ("2026-10-03T00:00:00Z", None),
        ("13/1/2026", None),
    ],
)
def test_a_date_is_iso_or_us(cell: str, value: date | None) -> None:
    assert parsed(Kind.DATE, cell) == [value]
    assert parsed(Kind.DATE, "2026-01-01", "1/1/2026", cell)[2] == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0.0119", "0.0119"),
        ("-1", "-1"),
        ("+1.5", "1.5"),
        (".5", "0.5"),
        ("1.", "1"),
        ("1,234,567.89", "1234567.89"),
        ("60,000", "60000"),
        ("1.23456700", "1.234567"),
        ("0.0000010", "0.000001"),
        (" 7 ", "7"),
        ("999999999999.999999", "999999999999.999999"),
        ("0.0000001", None),
        ("1.2345675", None),
        ("1000000000000", None),
        ("1e3", None),
        ("NaN", None),
        ("inf", None),
        ("12,34", None),
        ("1,0000", None),
        ("1.2.3", None),
        ("$5", None),
        ("\u0663", None),
        ("-", None),
        (".", None),
    ],
)
def test_a_number_is_exact_or_does_not_parse(cell: str, value: str | None) -> None:
    expected = None if value is None else Decimal(value)
    assert parsed(Kind.DECIMAL, cell) == [expected]
    assert parsed(Kind.DECIMAL, "1.5", "2", cell)[2] == expected


@given(st.decimals(-(10**11), 10**11, places=6, allow_nan=False), st.integers(0, 6))
def test_every_number_of_six_places_reads_back(number: Decimal, zeros: int) -> None:
    assert parsed(Kind.DECIMAL, f"{number:,f}{'0' * zeros}", f"{number:f}") == [number, number]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("34", 34),
        ("34.0", 34),
        ("1,234", 1234),
        ("-3", -3),
        ("0", 0),
        (" 5", 5),
        ("34.5", None),
        ("1e2", None),
        ("0x10", None),
        ("x", None),
        ("9" * 20, None),
    ],
)
def test_a_whole_number_may_be_written_with_a_zero_fraction(cell: str, value: int | None) -> None:
    assert parsed(Kind.INTEGER, cell) == [value]
    assert parsed(Kind.INTEGER, "7", cell)[1] == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("112:13:48:000", 404_028_000),
        ("0:00:00:001", 1),
        ("1:2:3:4", 3_723_004),
        ("-1:00:00:000", -3_600_000),
        ("0:60:00:000", None),
        ("1:00:00", None),
        ("1:00:00:0000", None),
    ],
)
def test_a_duration_is_hours_minutes_seconds_milliseconds(cell: str, value: int | None) -> None:
    assert parsed(Kind.HOURS, cell) == [value]


def test_a_boolean_is_true_or_false_in_any_case() -> None:
    assert parsed(Kind.BOOLEAN, "true", "FALSE", " True", "yes", "1", None) == [
        True,
        False,
        True,
        None,
        None,
        None,
    ]


def test_text_is_kept_as_written_and_spaces_alone_are_empty() -> None:
    assert parsed(Kind.TEXT, " a ", "  ", "b", None) == [" a ", None, "b", None]
