"""Which month the schedule asks for: the calendar of PER-1 and PER-4, against all anchors."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.periods import add_months, last_ended_period

DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2115, 12, 31))


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_are_added_to_the_anchor_and_clamped(
    anchor: date, months: int, expected: date
) -> None:
    assert add_months(anchor, months) == expected


@given(anchor=DAYS, elapsed=st.integers(min_value=0, max_value=1200))
def test_the_last_ended_period_ended_before_today_and_the_next_did_not(
    anchor: date, elapsed: int
) -> None:
    today = anchor + timedelta(days=elapsed)
    ended = last_ended_period(anchor, today)
    if ended is None:
        assert add_months(anchor, 1) > today
    else:
        first, last = ended
        assert first <= last < today
        months = (last + timedelta(days=1) - anchor).days // 28 + 2
        starts = [add_months(anchor, index) for index in range(months + 2)]
        following = starts[starts.index(last + timedelta(days=1)) + 1]
        assert following > today
