"""Laws of time: every instant has one period, and what is over does not change any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.in_memory import billing
from tests.in_memory.project import project
from tests.laws import organization
from tests.laws.organization import MONTHS
from tests.reference import generator
from tests.reference.contract import add_months

ZONES = (
    "UTC",
    "America/New_York",
    "EST",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Beirut",
    "Pacific/Apia",
    "Asia/Kathmandu",
)
YEARS = range(1980, 2080)
MARTS = ("invoice_lines", "invoices", "licence_usage", "resource_overages", "telco_charges")


@pytest.fixture(scope="module")
def century(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The periods of 100 years for each zone and anchor day."""
    data: Path = tmp_path_factory.mktemp("century")
    (data / "contracts").mkdir()
    for place, zone in enumerate(ZONES):
        for day in range(1, 32):
            org = f"z{place}-{day:02d}"
            tree: dict[str, Any] = {"org": org, "name": org, "country": "US", "currency": "USD"}
            own = {"subscription": "monthly", "licence_model": "named"}
            own["effective_date"] = f"{YEARS.start}-01-{day:02d}"
            tree |= {"time_zone": zone, "contract": own}
            if day % 2:
                tree["voice"] = {"cutoff_utc": "07:00"}
            (data / "contracts" / f"{org}.yml").write_text(yaml.safe_dump(tree))
    con = billing.load(data)
    billing.request(con, [], date(YEARS.stop, 1, 1))
    project().build(con, ["int_periods__billing_periods"])
    yield con
    con.close()


_PERIODS = "intermediate.int_periods__billing_periods"


def _none(con: duckdb.DuckDBPyConnection, query: str) -> None:
    assert con.execute(query).fetchmany(5) == []


def test_each_instant_is_in_exactly_one_period(century: duckdb.DuckDBPyConnection) -> None:
    """PER-1, PER-2, PER-3, PER-5: periods, days and voice windows follow without gap or overlap."""
    for first, after in (
        ("period_start", "next_period_start"),
        ("starts_at", "ends_at"),
        ("voice_from", "voice_to"),
    ):
        _none(
            century,
            f"select org, {first} from {_PERIODS} where {first} >= {after} union all "
            f"select org, {first} from {_PERIODS} "
            f"qualify {after} is distinct from "
            f"lead({first}, 1, {after}) over (partition by org order by period_index)",
        )
    ((rows,),) = century.execute(f"select count(*) from {_PERIODS}").fetchall()
    assert rows > len(ZONES) * 31 * 12 * len(YEARS)


def test_periods_start_where_months_are_added_to_the_anchor(
    century: duckdb.DuckDBPyConnection,
) -> None:
    """PER-1: the calendar's own arithmetic, from the anchor, clamped."""
    for day in range(1, 32):
        anchor = date(YEARS.start, 1, day)
        rows = century.execute(
            f"select period_index, period_start from {_PERIODS} where org = ? order by 1",
            [f"z0-{day:02d}"],
        ).fetchall()
        assert all(start == add_months(anchor, index) for index, start in rows)


def test_a_local_day_begins_with_the_first_instant_that_shows_it(
    century: duckdb.DuckDBPyConnection,
) -> None:
    """PER-2: a period's first instant shows its first day, the microsecond before it does not."""
    shown = (
        "timezone(time_zone, timezone('UTC', starts_at - interval {} microsecond))::date "
        "{} period_start"
    )
    _none(
        century,
        f"select org, period_start from {_PERIODS} inner join staging.stg_contracts__organizations "
        f"using (org) where {shown.format(0, '<')} or {shown.format(1, '>=')} "
        # Apia had no 30 December 2011: that day begins where the next one does
        "and not (time_zone = 'Pacific/Apia' and period_start in ('2011-12-30', '2011-12-31'))",
    )


def test_an_organization_has_one_period_for_each_month(
    century: duckdb.DuckDBPyConnection,
) -> None:
    """PER-4: the month of the last day, each once, none left out."""
    _none(
        century,
        f"select org, invoice_month from {_PERIODS} qualify invoice_month + interval 1 month "
        "is distinct from lead(invoice_month, 1, invoice_month + interval 1 month) "
        "over (partition by org order by period_index)",
    )
    _none(
        century,
        f"select org from {_PERIODS} where invoice_month != date_trunc('month', period_end)",
    )


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Some organizations, loaded and not billed."""
    data = tmp_path_factory.mktemp("few")
    (data / "contracts").mkdir()
    generator.write_rates(data, organization.SEED)
    generator.write_catalogue(data)
    for chosen in organization.sample()[1::3]:
        chosen.write(data)
    con = billing.load(data)
    yield con
    con.close()


def _marts(con: duckdb.DuckDBPyConnection, *months: date, as_of: date = date(2026, 11, 22)) -> Any:
    billing.bill(con, months, as_of, MARTS)
    return {
        mart: [repr(row) for row in con.execute(f"from marts.{mart}").fetchall()] for mart in MARTS
    }


def test_two_months_together_are_two_months_apart(few: duckdb.DuckDBPyConnection) -> None:
    """A run over two months gives what a run for each gives."""
    apart = [_marts(few, month) for month in MONTHS]
    together = _marts(few, *MONTHS)
    for mart in MARTS:
        assert sorted(together[mart]) == sorted(row for marts in apart for row in marts[mart]), mart
        assert apart[0][mart], mart
        assert apart[1][mart], mart


def test_a_later_today_never_changes_a_closed_period(few: duckdb.DuckDBPyConnection) -> None:
    """PER-6: a period that is over is the same on any day after its last."""
    first, later = (
        _marts(few, MONTHS[0], as_of=day) for day in (date(2026, 4, 1), date(2031, 1, 1))
    )
    assert {mart: sorted(rows) for mart, rows in first.items()} == {
        mart: sorted(rows) for mart, rows in later.items()
    }


def test_computing_again_gives_the_same(few: duckdb.DuckDBPyConnection) -> None:
    """The same landing, contracts and day: the same marts, however often."""
    first, again = _marts(few, MONTHS[1]), _marts(few, MONTHS[1])
    assert {mart: sorted(rows) for mart, rows in first.items()} == {
        mart: sorted(rows) for mart, rows in again.items()
    }
