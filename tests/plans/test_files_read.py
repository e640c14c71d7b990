"""A run of a month reads the calls of that month, however long the history is (its files say when).

A condition that does not reach the Parquet files costs nothing in a first month and a multiple of
it in the tenth, and no figure shows it.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.in_memory.project import Project
from tests.plans.planned import operators, settings_of

PASSES = [
    "int_telco__superseded_calls",
    "int_telco__call_kinds",
    "int_telco__daily_totals",
    "reconciliation_daily_calls",
    "reconciliation_daily_landed",
]
MONTHS = 6
CALLS_OF_A_MONTH = 60_000  # usage.sql
_HISTORY = """
    insert into ops.files by name
    select
        files.* replace (
            file_id || '-' || back as file_id,
            first_at - to_months(back) as first_at,
            last_at - to_months(back) as last_at,
            back = 0 as is_new
        )
    from ops.files as files
    cross join generate_series(0, {before}) as months (back)
    where report = 'voice_usage';

    insert into intermediate.int_telco__voice_windows by name
    select
        windows.* replace (
            period_start - to_months(back) as period_start,
            invoice_month - to_months(back) as invoice_month,
            voice_from - to_months(back) as voice_from,
            voice_to - to_months(back) as voice_to,
            null as due_from,
            null as due_to
        )
    from intermediate.int_telco__voice_windows as windows
    cross join generate_series(1, {before}) as months (back);

    insert into intermediate.int_telco__call_kinds by name
    select file_id from ops.files
    where report = 'voice_usage' and not is_new;

    insert into reconciliation.reconciliation_scope by name
    select org, invoice_month, period_start, voice_from, voice_to, contract_currency as currency
    from intermediate.int_telco__voice_windows
    where due_from is not null;

    insert into reconciliation.reconciliation_due_days by name
    select
        org, period_start, true as is_whole,
        voice_from - interval 1 day as due_from, voice_to + interval 1 day as due_to
    from reconciliation.reconciliation_scope;
"""


@pytest.fixture(scope="module")
def history(
    warehouse: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> duckdb.DuckDBPyConnection:
    """The warehouse with six months of calls, a Parquet file each; the last one is due."""
    folder = tmp_path_factory.mktemp("files_read")
    for back in range(MONTHS):
        warehouse.execute(
            f"copy (select * replace (file_id || '-{back}' as file_id, "
            f"date_trunc('month', start_at) - to_months({back}) "
            f"+ (start_at - date_trunc('month', start_at)) * 0.8 as start_at) "
            f"from genesys.landed_calls) to '{folder}/{back}.parquet'"
        )
    warehouse.execute(
        "create or replace view genesys.voice_usage as "
        f"select * from read_parquet('{folder}/*.parquet')"
    )
    warehouse.execute(_HISTORY.format(before=MONTHS - 1))
    return warehouse


def rows_read(con: duckdb.DuckDBPyConnection, query: str, profile: Path) -> list[int]:
    """Rows that each scan of the calls' files reads while a query runs."""
    con.execute("pragma enable_profiling = 'json'")
    con.execute(f"set profiling_output = '{profile}'")
    con.execute(query).fetchall()
    con.execute("pragma disable_profiling")
    return [
        int(operator["rows_scanned"])
        for operator in operators(json.loads(profile.read_text())["operator"])
        if operator["extra_info"].get("Function") == "READ_PARQUET"
    ]


@pytest.mark.parametrize("model", PASSES)
def test_a_month_reads_its_own_calls(
    history: duckdb.DuckDBPyConnection, model: str, tmp_path: Path
) -> None:
    query = Project(is_incremental=True).model(model).query
    with settings_of(history, model):
        read = rows_read(history, query, tmp_path / "profile.json")
    # (a second look at calls that are there twice finds none here)
    assert max(read) == CALLS_OF_A_MONTH, read


def test_a_condition_that_does_not_reach_the_files_is_seen(
    history: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """The test's own test: the month of a call's text is no condition that a file can answer."""
    query = "select count(*) from genesys.voice_usage where strftime(start_at, '%m') = '03'"
    (read,) = rows_read(history, query, tmp_path / "profile.json")
    assert read == MONTHS * CALLS_OF_A_MONTH
