"""The heavy models keep their join shapes: what is meant as an equality is planned as a hash join.

A change of a condition, or of the data's statistics, can turn an equality join into one that looks
at every pair: a run of seconds becomes one of hours, and no figure shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.in_memory.project import Project, project
from tests.plans.planned import operators, plan, settings_of

EVERY_PAIR = {
    "CROSS_PRODUCT",
    "NESTED_LOOP_JOIN",
    "BLOCKWISE_NL_JOIN",
    "IE_JOIN",
    "PIECEWISE_MERGE_JOIN",
    "ASOF_JOIN",
    "POSITIONAL_JOIN",
}
PASSES = [
    "int_telco__superseded_calls",
    "int_telco__daily_totals",
    "reconciliation_daily_calls",
    "reconciliation_daily_landed",
]
HEAVY = [
    "int_telco__superseded_calls",  # VOX-10: dedupe
    "int_telco__call_kinds",
    "int_telco__daily_totals",  # VOX-1 to VOX-6: rating, the one pass over a run's calls
    "int_licences__watched_sessions",  # LIC-7, LIC-8: the sweep
    "int_licences__level_times",
    "int_licences__unbroken_peaks",
]


def tables_made_of_calls(planned: list[dict[str, Any]]) -> list[str]:
    """The hash joins whose table holds calls as they are, by their conditions."""
    return [
        str(operator["extra_info"]["Conditions"])
        for operator in operators(planned)
        if operator["name"].strip() == "HASH_JOIN" and _reads_calls(operator["children"][1])
    ]


def _reads_calls(operator: dict[str, Any]) -> bool:
    """Whether rows of calls come out of an operator; out of a group come rows of another grain."""
    if operator["name"].strip().endswith("GROUP_BY"):
        return False
    return "landed_calls" in str(operator["extra_info"].get("Table")) or any(
        _reads_calls(child) for child in operator["children"]
    )


def joins(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The joins of a query's physical plan, by name."""
    return [
        name
        for operator in operators(plan(con, query))
        if (name := operator["name"].strip()) in EVERY_PAIR or name.endswith("_JOIN")
    ]


@pytest.mark.parametrize("model", HEAVY)
def test_no_join_looks_at_every_pair(warehouse: duckdb.DuckDBPyConnection, model: str) -> None:
    planned = joins(warehouse, project().model(model).query)
    assert "HASH_JOIN" in planned or "kinds" in model
    assert not EVERY_PAIR & set(planned)


def test_a_range_without_an_equality_is_seen(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The test's own test: the joins that it forbids have the names that it looks for."""
    calls = "intermediate.int_telco__calls as a, intermediate.int_telco__calls as b"
    assert EVERY_PAIR & set(joins(warehouse, f"select count(*) from {calls}"))
    assert EVERY_PAIR & set(
        joins(warehouse, f"select count(*) from {calls} where a.start_at > b.start_at")
    )


@pytest.fixture
def without_rates(warehouse: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """No rate sheet and many users: DuckDB guesses that a single call is rated."""
    warehouse.begin()
    for table in ("rate_days", "rate_contexts", "rate_starts"):
        warehouse.execute(f"delete from intermediate.int_telco__{table}")
    warehouse.execute(
        """
        insert into intermediate.int_licences__org_users by name
        select 'acme' as org, 'user' || i as user_key from range(5000) as users (i);

        insert into reconciliation.reconciliation_scope by name
        select
            org, date '2026-03-01' + i::integer as period_start,
            timestamp '2026-03-01' as voice_from, timestamp '2026-04-01' as voice_to
        from unnest(['acme', 'hora', 'kuma']) as orgs (org)
        cross join range(100) as periods (i);

        insert into reconciliation.reconciliation_due_days by name
        select org, period_start, voice_from as due_from, voice_to as due_to
        from reconciliation.reconciliation_scope;
        """
    )
    yield warehouse
    warehouse.rollback()


@pytest.mark.parametrize("model", PASSES)
def test_no_hash_table_is_made_of_calls(
    without_rates: duckdb.DuckDBPyConnection, model: str
) -> None:
    with settings_of(without_rates, model):
        planned = plan(without_rates, Project(is_incremental=True).model(model).query)
    assert "landed_calls" in str(planned)
    assert not tables_made_of_calls(planned)


def test_a_hash_table_of_calls_is_seen(without_rates: duckdb.DuckDBPyConnection) -> None:
    """The test's own test: left to DuckDB's guess, reconciliation would have them."""
    query = Project(is_incremental=True).model("reconciliation_daily_calls").query
    assert tables_made_of_calls(plan(without_rates, query))
