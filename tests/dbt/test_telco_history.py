"""What a dbt unit test cannot show: state that telco models keep from run to run, and VOX-9."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project import dbt_project
from dagster_project.settings import Settings
from dagster_project.warehouse import work

ROOT = Path(__file__).parents[2]
TELCO = ROOT / "dbt" / "models" / "intermediate" / "telco"
STATEFUL = ["int_telco__superseded_calls", "int_telco__call_kinds"]

Call = tuple[str, int, str, str, str]  # file, line, SIP Call Id, start, cost


def run_dbt(settings: Settings, *models: str) -> None:
    dbt_project.build(settings, ["run", "--select", *models])


def land(settings: Settings, calls: list[Call]) -> None:
    """Land the calls as the run's only new files, after those that are there."""
    with duckdb.connect(str(settings.work_file)) as con:
        con.execute("update ops.files set is_new = false")
        con.executemany(
            "insert into landed by name select 'acme' as org, ? as file_id, ? as line_number, "
            "? as sip_call_id, 'Outbound' as direction, ?::timestamp as start_at, '+1' as origin, "
            "'+2' as destination, ?::decimal(18, 6) as cdr_cost",
            calls,
        )
        for file_id in sorted({call[0] for call in calls}):
            con.execute(
                "insert into ops.files select ?, 'acme', 'voice_usage', ?, '', now()::timestamp, "
                "(select count(*) + 1 from ops.files), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
                "0, min(start_at), max(start_at), 'loaded', null, null, null, true "
                "from landed where file_id = ?",
                [file_id, file_id, file_id],
            )


def superseded(settings: Settings) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.work_file), read_only=True) as con:
        rows: list[tuple[Any, ...]] = con.execute(
            "select file_id, line_number, winner_file_id, is_restated "
            "from intermediate.int_telco__superseded_calls order by file_id, line_number"
        ).fetchall()
    return rows


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings.load(tmp_path / "data")
    with work(settings) as con:
        con.execute("create table landed as select * from genesys.voice_usage")
        con.execute("create or replace view genesys.voice_usage as select * from landed")
    return settings


@pytest.mark.slow
def test_a_late_file_replaces_calls_of_its_own_stretch_and_no_others(settings: Settings) -> None:
    land(
        settings,
        [
            ("f1", 2, "a", "2026-03-01 10:00:00", "1"),
            ("f1", 3, "a", "2026-03-01 10:00:00", "2"),
            ("f1", 4, "b", "2026-03-05 10:00:00", "1"),
            ("f1", 5, "c", "2026-03-09 10:00:00", "1"),
        ],
    )
    run_dbt(settings, "stg_genesys__voice_usage", "stg_ops__files", *STATEFUL)
    assert superseded(settings) == [("f1", 2, "f1", True)]

    land(settings, [("f2", 2, "b", "2026-03-05 10:00:00", "1")])
    run_dbt(settings, *STATEFUL)
    run_dbt(settings, *STATEFUL)
    first, late = ("f1", 2, "f1", True), ("f1", 4, "f2", False)
    assert superseded(settings) == [first, late]

    land(settings, [("f3", 2, "b", "2026-03-05 10:00:00", "9")])
    run_dbt(settings, *STATEFUL)
    assert superseded(settings) == [first, ("f1", 4, "f3", True), ("f2", 2, "f3", True)]

    with duckdb.connect(str(settings.work_file), read_only=True) as con:
        kinds = con.execute(
            "select file_id, count(*) from intermediate.int_telco__call_kinds "
            "group by file_id order by file_id"
        ).fetchall()
    assert kinds == [("f1", 1), ("f2", 1), ("f3", 1)]


def test_the_telco_commit_discount_is_read_by_no_telco_model() -> None:
    """VOX-9: the discount is in the call record's rate, and only a reconciliation may name it."""
    models = sorted(TELCO.glob("*.sql"))
    assert models
    assert [path.name for path in models if "discount" in code(path)] == []


def code(path: Path) -> str:
    """The SQL of a model without its comments."""
    return "\n".join(line.split("--")[0] for line in path.read_text().splitlines())
