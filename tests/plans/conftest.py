"""What the plans are made on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from dagster_project import dbt_project
from dagster_project.blank import blank_warehouse
from tests.in_memory.project import project


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The blank warehouse with 60,000 calls and sessions of three organizations in it."""
    path = tmp_path_factory.mktemp("plans") / "cxledger.duckdb"
    shutil.copyfile(blank_warehouse(), path)
    with duckdb.connect(str(path)) as con:
        con.execute(Path(__file__).with_name("usage.sql").read_text())
        yield con


@contextmanager
def settings_of(con: duckdb.DuckDBPyConnection, model: str) -> Iterator[None]:
    """As a run has it while the model runs: what its hooks set, but no row that they delete."""
    config = dbt_project.manifest()["nodes"][f"model.cxledger.{model}"]["config"]
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
