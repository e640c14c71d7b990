"""The dbt project as the conventions see it: its manifest, and its columns, built on nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

from dagster_project.blank import begin_with_blank
from dagster_project.dbt_manifest import manifest_path
from dagster_project.settings import Settings
from dagster_project.warehouse import work


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """The parsed project, as `dbt parse` sees it."""
    whole: dict[str, Any] = json.loads(manifest_path().read_text())
    return whole


@pytest.fixture(scope="session")
def built_columns(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """Columns of every relation (`schema.name`) of the project, built on nothing."""
    settings = Settings.load(tmp_path_factory.mktemp("empty"))
    begin_with_blank(settings)
    columns = defaultdict(list)
    with work(settings) as con:
        for schema, table, column in con.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "order by schema_name, table_name, column_index"
        ).fetchall():
            columns[f"{schema}.{table}"].append(column)
    return columns
