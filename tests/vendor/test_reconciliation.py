"""Vendor invoices forged from our own, for all organizations of the scenarios (REC-1, REC-3)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dagster_project.dbt_project import OF_THE_VENDOR
from dagster_project.settings import DBT_DIR
from tests.in_memory.billing import bill, load
from tests.in_memory.project import project

_SCENARIOS = Path(__file__).parents[1] / "scenarios"
_MARCH = date(2026, 3, 1)
_BILLED = ("invoice_lines", "invoices", "telco_charges", "licence_usage")
_COMPARED = ("reconciliation", "vendor_invoice_lines", "vendor_calling_services")

# our lines as the vendor's, but for what a forgery says
_FORGE = """
    insert into genesys.vendor_invoice by name
    select
        lines.org,
        '{file}' || lines.org as file_id,
        row_number() over (partition by lines.org order by lines.line_id) + 1 as line_number,
        'V-' || {number} as invoice_number,
        invoices.invoice_date + {days} as invoice_date,
        service_start,
        service_end,
        {description} as description,
        {quantity} as quantity,
        rate,
        coalesce({amount}, 0) as amount,
        null as currency,
        {section} as section
    from marts.invoice_lines as lines
    inner join marts.invoices as invoices using (invoice_id)
    where {where}
"""
_FILES = """
    insert into ops.files by name
    select
        file_id, org, 'vendor_invoice' as report, file_id as path, file_id as sha256,
        timestamp '2026-05-01' as received_at, 1000 + {rank} as received_rank,
        min(service_start) as first_at, max(service_end) as last_at, 'loaded' as status,
        true as is_new,
        columns('nothing') as nothing
    from genesys.vendor_invoice
    where file_id like '{file}%'
    group by file_id, org
"""


@pytest.fixture(scope="module")
def billed(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The scenario organizations with their invoices of March 2026."""
    data = tmp_path_factory.mktemp("forged") / "data"
    for folder in ("landing", "contracts", "reference"):
        shutil.copytree(_SCENARIOS / folder, data / folder)
    con = load(data)
    bill(con, [_MARCH], marts=_BILLED)
    return con


@pytest.fixture
def forge(billed: duckdb.DuckDBPyConnection) -> Iterator[Callable[..., None]]:
    """Lands a forged invoice; what a test lands is rolled back."""
    rank = 0

    def land(**wrong: str) -> None:
        nonlocal rank
        rank += 1
        what = {
            "file": f"file{rank}-",
            "number": "invoice_id",
            "days": "0",
            "description": "description",
            "quantity": "quantity",
            "amount": "amount",
            "section": "lines.section",
            "where": "true",
        } | wrong
        billed.execute(_FORGE.format(**what))
        columns = ", ".join(
            f"0 as {name}"
            for (name,) in billed.execute(
                "select column_name from duckdb_columns() where schema_name = 'ops' and "
                "table_name = 'files' and not is_nullable and data_type not in "
                "('VARCHAR', 'TIMESTAMP', 'BOOLEAN') and column_name <> 'received_rank'"
            ).fetchall()
        )
        billed.execute(
            _FILES.format(file=what["file"], rank=rank).replace(
                "columns('nothing') as nothing", columns
            )
        )

    billed.begin()
    yield land
    billed.rollback()


def _compare(con: duckdb.DuckDBPyConnection) -> None:
    project().build(con, _COMPARED, given=_BILLED)


def _rows(con: duckdb.DuckDBPyConnection, columns: str, where: str) -> list[tuple[object, ...]]:
    return con.execute(
        f"select {columns} from marts.reconciliation where {where} order by all"
    ).fetchall()


def test_our_own_invoice_matches_without_a_rest(
    billed: duckdb.DuckDBPyConnection, forge: Callable[..., None]
) -> None:
    """Late, in capitals, with other dashes and Cyrillic letters, AppFoundry in core: the same."""
    forge(
        days="9",
        description="replace(translate(upper(description), 'AEO', 'АЕО'), ' - ', ' – ')",
        section="'core'",
    )
    _compare(billed)
    assert _rows(billed, "org, charge_key", "status not in ('matched', 'not_comparable')") == []
    assert _rows(billed, "org, charge_key", "charge_key like 'unmapped.%'") == []
    compared, lines = billed.execute(
        "select sum(expected_lines), sum(vendor_lines) from marts.reconciliation"
    ).fetchall()[0]
    (ours,) = billed.execute("select count(*) from marts.invoice_lines").fetchall()[0]
    assert compared == lines == ours > 100
    # an amount that we do not know is compared with nothing
    assert billed.execute(
        "select count(*) from marts.reconciliation "
        "where (status = 'not_comparable') <> (expected_amount is null)"
    ).fetchall() == [(0,)]


def test_each_line_on_an_invoice_of_its_own_is_still_of_its_period(
    billed: duckdb.DuckDBPyConnection, forge: Callable[..., None]
) -> None:
    forge(number="line_id", where="lines.charge_code not like 'tax.%'")
    _compare(billed)
    assert (
        _rows(
            billed,
            "org, charge_key",
            "status not in ('matched', 'not_comparable') and charge_key not like 'tax.%'",
        )
        == []
    )


def test_a_line_in_two_a_line_left_out_and_a_line_of_nobody(
    billed: duckdb.DuckDBPyConnection, forge: Callable[..., None]
) -> None:
    mine = "org = 's02-on-demand'"
    half = "lines.charge_code like 'licence.%'"
    forge(where=f"lines.{mine} and not ({half})")
    forge(
        number="invoice_id || '-b'", quantity="1", amount="rate", where=f"lines.{mine} and {half}"
    )
    forge(
        number="invoice_id || '-c'",
        quantity="quantity - 1",
        amount="amount - rate",
        where=f"lines.{mine} and {half}",
    )
    forge(
        number="invoice_id || '-d'",
        description="'Courtesy cal'",
        quantity="1",
        amount="7.5",
        where=f"lines.{mine} and line_number = 1",
    )
    _compare(billed)
    assert _rows(
        billed, "charge_key, amount_variance::double", f"{mine} and status <> 'matched'"
    ) == [("unmapped.courtesy_cal", 7.5)]
    ((near,),) = _rows(billed, "nearest_descriptions", "charge_key = 'unmapped.courtesy_cal'")
    assert len(near) == 3


def test_a_corrected_invoice_replaces_the_lines_that_it_repeats(
    billed: duckdb.DuckDBPyConnection, forge: Callable[..., None]
) -> None:
    forge(amount="amount + 1")
    forge(where="lines.charge_code not like 'tax.%'")
    _compare(billed)
    wrong = _rows(billed, "distinct split_part(charge_key, '.', 1), amount_variance::double",
                  "status not in ('matched', 'not_comparable')")  # fmt: skip
    assert wrong == [("tax", 1.0)]


def test_before_the_vendor_invoices_nothing_is_missing(
    billed: duckdb.DuckDBPyConnection, forge: Callable[..., None]
) -> None:
    forge(where="lines.org = 's02-on-demand' and line_number = 1")
    _compare(billed)
    assert {org for (org,) in _rows(billed, "org", "true")} == {"s02-on-demand"}
    assert {state for (state,) in _rows(billed, "status", "true")} == {
        "matched",
        "missing_from_vendor",
    }


def test_without_a_vendor_invoice_its_models_are_empty(billed: duckdb.DuckDBPyConnection) -> None:
    """So a run leaves them out as long as no vendor's file was landed."""
    names = [
        path.stem
        for folder in OF_THE_VENDOR
        for path in (DBT_DIR / "models" / folder.replace(".", "/")).glob("*.sql")
    ]
    assert len(names) > 20
    billed.begin()
    project().build(billed, names, given=_BILLED)
    filled = [
        name
        for name in names
        if billed.execute(f"select 1 from intermediate.{name} limit 1").fetchall()
    ]
    billed.rollback()
    assert filled == []


def test_a_peak_that_the_daily_report_only_brackets_matches_up_to_its_largest(
    billed: duckdb.DuckDBPyConnection, forge: Callable[..., None]
) -> None:
    """LIC-8: the vendor's figure may be the largest daily peak, and not one more."""
    ranges = billed.execute(
        "select org, (actual_high - actual)::integer from marts.licence_usage "
        "where actual_low < actual_high order by org"
    ).fetchall()
    assert ranges
    on_demand = "lines.charge_code = 'licence.cx2.on_demand'"
    for beyond, expected in ((0, "matched"), (1, "quantity_variance")):
        for org, room in ranges:
            more = f"case when {on_demand} then {room + beyond} else 0 end"
            forge(
                number=f"invoice_id || '-{beyond}'",
                quantity=f"quantity + {more}",
                amount=f"amount + rate * {more}",
                where=f"lines.org = '{org}' and lines.charge_code not like 'tax.%'",
            )
        _compare(billed)
        states = set(_rows(billed, "org, status", "charge_key = 'licence.cx2.on_demand' "
                           "and expected_low < expected_high"))  # fmt: skip
        assert states == {(org, expected) for org, _ in ranges}
        billed.execute("delete from genesys.vendor_invoice")
