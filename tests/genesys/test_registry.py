"""The reports are the tables of warehouse_schema.sql, column by column."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dagster_project.genesys import REPORTS

SCHEMA = Path("dagster_project/warehouse_schema.sql")


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_has_the_columns_and_types_of_its_table(name: str) -> None:
    con = duckdb.connect()
    con.execute(SCHEMA.read_text())
    table = {row[0]: row[1].lower() for row in con.sql(f"describe genesys.{name}").fetchall()}
    declared = {column.name: column.kind.sql_type for column in REPORTS[name].columns}
    assert {"org": "varchar", "file_id": "varchar", "line_number": "bigint", **declared} == {
        column: kind.replace("decimal(18,6)", "decimal(18, 6)") for column, kind in table.items()
    }
    assert list(table)[3:] == list(declared)


def test_every_table_of_landed_rows_has_a_reader() -> None:
    con = duckdb.connect()
    con.execute(SCHEMA.read_text())
    tables = con.sql(
        "select table_name from information_schema.tables where table_schema = 'genesys'"
    ).fetchall()
    assert {table for (table,) in tables} == set(REPORTS)


@pytest.mark.parametrize(
    "name", [name for name, report in REPORTS.items() if not report.is_call_records]
)
def test_only_filled_columns_of_a_report_are_not_null_in_its_table(name: str) -> None:
    con = duckdb.connect()
    con.execute(SCHEMA.read_text())
    rows = con.sql(f"describe genesys.{name}").fetchall()
    not_null = {row[0] for row in rows if row[2] == "NO"} - {"org", "file_id", "line_number"}
    assert not_null == {c.name for c in REPORTS[name].columns if c.must_be_filled}
