"""The heavy models keep their join shapes: what is meant as an equality is planned as a hash join.

A change of a condition, or of the data's statistics, can turn an equality join into one that looks
at every pair: a run of seconds becomes one of hours, and no figure shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from dagster_project import dbt_project

COMPILED = dbt_project.TARGET_DIR / "compiled" / "cxledger" / "models" / "intermediate"
EVERY_PAIR = {
    "CROSS_PRODUCT",
    "NESTED_LOOP_JOIN",
    "BLOCKWISE_NL_JOIN",
    "IE_JOIN",
    "PIECEWISE_MERGE_JOIN",
    "ASOF_JOIN",
    "POSITIONAL_JOIN",
}
HEAVY = [
    "telco/int_telco__superseded_calls",  # VOX-10: dedupe
    "telco/int_telco__call_kinds",
    "telco/int_telco__daily_totals",  # VOX-1 to VOX-6: rating, the one pass over a run's calls
    "licences/int_licences__watched_sessions",  # LIC-7, LIC-8: the sweep
    "licences/int_licences__level_times",
    "licences/int_licences__unbroken_peaks",
]


def operators(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every operator of a plan."""
    for operator in plan:
        yield operator
        yield from operators(operator.get("children", []))


def joins(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The joins of a query's physical plan, by name."""
    ((_, text),) = con.execute(f"explain (format json) {query}").fetchall()
    return [
        name
        for operator in operators(json.loads(text))
        if (name := operator["name"].strip()) in EVERY_PAIR or name.endswith("_JOIN")
    ]


@pytest.mark.parametrize("model", HEAVY)
def test_no_join_looks_at_every_pair(warehouse: duckdb.DuckDBPyConnection, model: str) -> None:
    planned = joins(warehouse, (COMPILED / f"{model}.sql").read_text())
    assert "HASH_JOIN" in planned or "kinds" in model
    assert not EVERY_PAIR & set(planned)


def test_a_range_without_an_equality_is_seen(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The test's own test: the joins that it forbids have the names that it looks for."""
    calls = "intermediate.int_telco__calls as a, intermediate.int_telco__calls as b"
    assert EVERY_PAIR & set(joins(warehouse, f"select count(*) from {calls}"))
    assert EVERY_PAIR & set(
        joins(warehouse, f"select count(*) from {calls} where a.start_at > b.start_at")
    )
