"""What dbt does at length for each of many unit tests, in short: the same statements come out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

_WITH = re.compile(r"(?:\s|--[^\n]*\n)*with\b(?:\s+recursive\b)?", re.IGNORECASE)


def take_shortcuts(patch: pytest.MonkeyPatch) -> None:
    """Columns are asked for once and without a macro, statements taken apart by their beginning."""
    from dbt.adapters.duckdb.impl import DuckDBAdapter

    known: dict[str, list[Any]] = {}

    def columns(adapter: DuckDBAdapter, relation: Any) -> list[Any]:
        name = str(relation)
        if name not in known:
            cursor = adapter.connections.get_thread_connection().handle.cursor()
            described = cursor.execute(f"describe {name}").fetchall()
            known[name] = [adapter.Column(column, type_) for column, type_, *_ in described]
        return known[name]

    patch.setattr(DuckDBAdapter, "get_columns_in_relation", columns)
    patch.setattr("dbt.compilation.inject_ctes_into_sql", with_given_rows)


def with_given_rows(sql: str, ctes: Sequence[Any]) -> str:
    """A model's query with the given rows as its first CTEs."""
    if not ctes:
        return sql
    given = ", ".join(cte.sql for cte in ctes)
    opening = _WITH.match(sql)
    if opening is None:
        return f"with {given}\n{sql}"
    return f"{opening[0]} {given},{sql[opening.end() :]}"
