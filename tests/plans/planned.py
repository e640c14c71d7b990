"""DuckDB's plan of a model's query, as a run has it planned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from dagster_project.dbt_manifest import manifest
from tests.in_memory.project import project


@contextmanager
def settings_of(con: duckdb.DuckDBPyConnection, model: str) -> Iterator[None]:
    """As a run has it while the model runs: what its hooks set, but no row that they delete."""
    config = manifest()["nodes"][f"model.cxledger.{model}"]["config"]
    before, after = (
        [project().sql(hook["sql"]) for hook in config[when]] for when in ("pre-hook", "post-hook")
    )
    for hook in before:
        if hook.startswith("set "):
            con.execute(hook)
    try:
        yield
    finally:
        for hook in after:
            con.execute(hook)


def plan(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """A query's physical plan."""
    ((_, text),) = con.execute(f"explain (format json) {query}").fetchall()
    planned: list[dict[str, Any]] = json.loads(text)
    return planned


def operators(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every operator of a plan."""
    for operator in plan:
        yield operator
        yield from operators(operator.get("children", []))
