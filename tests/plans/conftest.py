"""What the plans are made on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.blank import blank_warehouse


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The blank warehouse with 60,000 calls and sessions of three organizations in it."""
    path = tmp_path_factory.mktemp("plans") / "cxledger.duckdb"
    shutil.copyfile(blank_warehouse(), path)
    with duckdb.connect(str(path)) as con:
        con.execute(Path(__file__).with_name("usage.sql").read_text())
        yield con
