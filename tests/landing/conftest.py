"""A data directory with a working file, and files that land in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.landing import (
    LoadSummary,
    discover,
    load_report,
    refresh_calls_view,
    refresh_received_ranks,
)
from dagster_project.settings import Settings

SCHEMA = Path("dagster_project/warehouse_schema.sql")


@dataclass
class House:
    """One data directory."""

    settings: Settings
    con: duckdb.DuckDBPyConnection
    clock: int = field(default=0)

    def land(self, path: str, text: str | bytes, *, at: datetime | None = None) -> Path:
        """Write landing/<path>; without a time, later than all before."""
        target = self.settings.landing / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.clock += 1
        seconds = (at or datetime(2026, 6, 1, tzinfo=UTC)).timestamp() + (0 if at else self.clock)
        os.utime(target, ns=(int(seconds * 1e9), int(seconds * 1e9)))
        return target

    def load(self, report: str, orgs: list[str] | None = None) -> LoadSummary:
        summary = load_report(self.settings, self.con, report, discover(self.settings, orgs), {})
        refresh_received_ranks(self.con)
        refresh_calls_view(self.con)
        return summary

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.sql(query).fetchall()

    def snapshot(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that landed, for comparison."""
        tables = [
            name
            for (name,) in self.rows(
                "select schema_name || '.' || table_name from duckdb_tables() "
                "where schema_name = 'genesys'"
            )
        ]
        return {
            table: self.rows(f"from {table} order by all")
            for table in [*tables, "genesys.voice_usage", "ops.files", "ops.rejected_rows"]
        }


def new_house(data: Path) -> House:
    settings = Settings.load(data)
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(str(settings.warehouse / "work.duckdb"))
    con.execute(SCHEMA.read_text())
    return House(settings, con)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = new_house(tmp_path / "data")
    yield house
    house.con.close()


@pytest.fixture
def rebuilt(house: House) -> Any:
    """Deletes the warehouse of the house and gives a new one over the same data."""

    def rebuild() -> House:
        house.con.close()
        shutil.rmtree(house.settings.warehouse)
        again = new_house(house.settings.data)
        house.con = again.con
        return house

    return rebuild
