"""Laws of arithmetic: the macros that round and count, for any figures (hypothesis)."""

from __future__ import annotations

import os
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.in_memory.project import project
from tests.reference.resources import half_away

# `make laws` asks for more
_EXAMPLES = int(os.environ.get("LAWS_EXAMPLES", "60"))
quick = settings(deadline=None, derandomize=True, max_examples=_EXAMPLES)

_halves = st.integers(-(10**9), 10**9).map(lambda halves: Decimal(halves) / 200)
_amounts = st.one_of(st.decimals(-(10**9), 10**9, places=6), _halves)
_seconds = st.integers(0, 200_000)
_increments = st.sampled_from((1, 6, 7, 10, 30, 60))
# names that follow the rules of a zone for ever, and not only the past of one
_zones = st.sampled_from(sorted(z for z in available_timezones() if "/" in z and "Etc" not in z))
_days = st.dates(date(1985, 1, 1), date(2060, 1, 1))


@cache
def _con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 1})
    con.execute("set TimeZone = 'UTC'")
    return con


@cache
def _query(template: str) -> str:
    return project().sql(template)


def _ask(template: str, *parameters: Any) -> Any:
    """The value of a macro call with `$1`, `$2` … for its arguments."""
    ((value,),) = _con().execute(f"select {_query(template)}", list(parameters)).fetchall()
    return value


def _rounded(amount: Decimal, minor_units: int) -> Decimal:
    value = _ask("{{ round_money('$1::decimal(38, 6)', '$2::integer') }}", amount, minor_units)
    assert isinstance(value, Decimal)
    return value


@quick
@given(amount=_amounts, minor_units=st.sampled_from((0, 2)))
def test_rounding_money_is_odd_idempotent_and_off_by_half_a_unit_at_most(
    amount: Decimal, minor_units: int
) -> None:
    """INV-2: round(-x) = -round(x), round(round(x)) = round(x), |round(x) - x| ≤ half a unit."""
    unit = Decimal(1).scaleb(-minor_units)
    rounded = _rounded(amount, minor_units)
    assert rounded == amount.quantize(unit, ROUND_HALF_UP)
    assert _rounded(-amount, minor_units) == -rounded
    assert _rounded(rounded, minor_units) == rounded
    assert abs(rounded - amount) <= unit / 2


@quick
@given(one=_amounts, other=_amounts, minor_units=st.sampled_from((0, 2)))
def test_rounding_money_keeps_the_order(one: Decimal, other: Decimal, minor_units: int) -> None:
    """INV-2: more before rounding is never less after it."""
    least, most = sorted((one, other))
    assert _rounded(least, minor_units) <= _rounded(most, minor_units)


@quick
@given(
    numerator=st.integers(-(10**15), 10**15),
    denominator=st.integers(1, 10**6),
    decimals=st.sampled_from((0, 2, 6)),
)
def test_a_ratio_is_rounded_once_and_exactly(
    numerator: int, denominator: int, decimals: int
) -> None:
    """RES-4: the only way out of fractions is the exact one, half away from zero."""
    expected = half_away(Fraction(numerator, denominator), decimals)
    if abs(expected) < 10**12:
        macro = f"{{{{ round_ratio('$1::hugeint', '$2::hugeint', {decimals}) }}}}"
        assert Fraction(_ask(macro, numerator, denominator)) == expected


@quick
@given(seconds=_seconds, increment=_increments)
def test_adjusted_seconds_are_the_next_multiple(seconds: int, increment: int) -> None:
    """VOX-1: a multiple of the increment, not below the duration, less than one increment above."""
    macro = "{{ adjusted_seconds('$1::bigint', '$2::bigint', '$3') }}"
    up, nearest = (_ask(macro, seconds, increment, rounding) for rounding in ("up", "nearest"))
    assert up % increment == nearest % increment == 0
    assert seconds <= up < seconds + increment
    assert abs(2 * (nearest - seconds)) <= increment
    assert nearest <= up


@quick
@given(one=_seconds, other=_seconds, rate=st.integers(0, 10**7))
def test_a_longer_call_never_costs_less(one: int, other: int, rate: int) -> None:
    """VOX-2: cost grows with seconds, is within half a ten-thousandth, and free at rate 0."""
    macro = "{{ call_cost('$1::bigint', '$2::bigint') }}"
    shorter, longer = sorted((one, other))
    costs = [_ask(macro, seconds, rate) for seconds in (shorter, longer)]
    assert costs[0] <= costs[1]
    exact = half_away(Fraction(longer * rate, 60 * 10**6), 4)
    assert Fraction(costs[1]) == exact
    assert _ask(macro, longer, 0) == 0


@quick
@given(first=st.integers(0, 10**13), second=st.integers(0, 10**13))
def test_hours_rounded_together_are_never_more_than_apart(first: int, second: int) -> None:
    """LIC-11: one rounding up of a sum never bills more than one for each of its parts."""
    macro = "{{ hours_rounded_up('$1::bigint') }}"
    together = _ask(macro, first + second)
    apart = _ask(macro, first) + _ask(macro, second)
    assert together <= apart <= together + 1
    assert 0 <= together * 3_600_000_000 - (first + second) < 3_600_000_000


@quick
@given(zone=_zones, day=_days)
@example(zone="America/Havana", day=date(2026, 3, 8))  # a midnight that is skipped
@example(zone="America/Havana", day=date(2026, 11, 1))  # one that is shown twice
@example(zone="America/Sao_Paulo", day=date(2015, 10, 18))
@example(zone="Asia/Beirut", day=date(2026, 3, 29))
def test_a_day_of_any_zone_begins_at_its_first_instant(zone: str, day: date) -> None:
    """PER-2: as the time zone database sees it, or at the jump if the midnight is skipped."""
    begins = _ask("{{ local_midnight_utc('$1::date', '$2') }}", day, zone)
    shown = _ask("timezone($2, timezone('UTC', $1::timestamp))", begins, zone)
    assert shown.date() == day, "a whole day that a zone skipped?"
    before = _ask(
        "timezone($2, timezone('UTC', $1::timestamp - interval 1 microsecond))", begins, zone
    )
    assert before.date() < day


@quick
@given(name=st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30))
def test_a_slug_is_its_own_slug(name: str) -> None:
    """Slugs: lower case ASCII and single underscores, and the slug of a slug is itself."""
    slug = _ask("{{ slug('$1::varchar') }}", name)
    assert _ask("{{ slug('$1::varchar') }}", slug) == slug
    assert all(c in "abcdefghijklmnopqrstuvwxyz0123456789_" for c in slug)
    assert "__" not in slug
    assert slug.strip("_") == slug


@quick
@given(name=st.text("aB cDé  ", max_size=20))
def test_a_name_matches_itself_in_any_case_with_any_spaces(name: str) -> None:
    """Names match without regard to case and repeated spaces."""
    macro = "{{ name_key('$1::varchar') }}"
    key = _ask(macro, name)
    assert _ask(macro, name.upper()) == _ask(macro, f" {name.replace(' ', '   ')} ") == key
    assert _ask(macro, key) == key


_LONGEST = """
with
prefixes as (select sheet, digits, prefix_length, prefix::bigint as prefix from (
    select unnest($1, recursive := true)
)),
starts as ({{ starts_of_prefixes('prefixes', LENGTHS, ['sheet'], ['digits']) }}),
numbers as (
    select
        $2 as sheet,
        length($3) as head_length,
        {{ number_head("coalesce(nullif($3, '')::bigint, 0)", 'length($3)') }} as head
)
select {{ of_longest_prefix('starts', LENGTHS, 'digits') }} from numbers
{{ prefix_joins('numbers', 'starts', LENGTHS, ['sheet']) }}
"""
_digits = st.text("0129", max_size=15)


@quick
@given(
    prefixes=st.sets(st.tuples(st.sampled_from((1, 2)), _digits), min_size=1, max_size=12),
    number=_digits,
    length=st.integers(0, 15),
)
@example(prefixes={(1, "")}, number="", length=0)
@example(prefixes={(1, "0"), (1, "00")}, number="0", length=1)
@pytest.mark.parametrize("lengths", ["rate_lookup_lengths()", "country_lookup_lengths()"])
def test_the_longest_prefix_is_found(
    lengths: str, prefixes: set[tuple[int, str]], number: str, length: int
) -> None:
    """VOX-4, VOX-6: of the sheet's prefixes the longest that the number begins with, or none."""
    if lengths == "country_lookup_lengths()":
        # no calling code is empty
        prefixes = {(sheet, digits or "0") for sheet, digits in prefixes}
    # it begins with some of a prefix, or all: chance alone hardly ever makes it
    number = (min(prefixes)[1][:length] + number)[:15]
    rows = [
        {"sheet": sheet, "digits": digits, "prefix_length": len(digits), "prefix": int(digits or 0)}
        for sheet, digits in sorted(prefixes)
    ]
    query = _query(_LONGEST.replace("LENGTHS", lengths))
    found = _con().execute(query, [rows, 1, number]).fetchall()
    own = (digits for sheet, digits in prefixes if sheet == 1 and number.startswith(digits))
    assert found == [(max(own, key=len, default=None),)]
