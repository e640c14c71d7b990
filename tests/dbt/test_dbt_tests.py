"""dbt's own tests: each rule's unit tests, and the data tests on the scenario warehouse."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagster_project.settings import DBT_DIR
from dagster_project.warehouse import work

if TYPE_CHECKING:
    from conftest import DataFolder


def _dbt(*arguments: str, work_file: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            *arguments,
            "--profiles-dir",
            str(DBT_DIR),
            "--project-dir",
            str(DBT_DIR),
            "--target-path",
            str(target),
            "--log-path",
            str(target / "logs"),
        ],
        env={
            "PATH": "/usr/bin:/bin",
            "CXLEDGER_WORK_FILE": str(work_file),
            "CXLEDGER_SPILL": str(target / "spill"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_every_unit_test_of_every_rule_passes(data_folder: DataFolder, tmp_path: Path) -> None:
    settings = data_folder.settings
    with work(settings) as con:
        con.execute(
            "insert into ops.run values ('unit', date '2026-11-22', now()::timestamp, false)"
        )
    target = tmp_path / "target"
    built = _dbt(
        "build",
        "--exclude-resource-type",
        "unit_test",
        "--exclude-resource-type",
        "test",
        work_file=settings.work_file,
        target=target,
    )
    assert built.returncode == 0, built.stdout[-4000:]
    tested = _dbt("test", "--select", "test_type:unit", work_file=settings.work_file, target=target)
    assert tested.returncode == 0, tested.stdout[-8000:]
    assert "ERROR=0" in tested.stdout
    assert "PASS=0 " not in tested.stdout


@pytest.mark.slow
def test_every_data_test_holds_on_the_scenario_warehouse(
    scenario_data: DataFolder, tmp_path: Path
) -> None:
    tested = _dbt(
        "test",
        "--exclude",
        "test_type:unit",
        work_file=scenario_data.settings.work_file,
        target=tmp_path / "target",
    )
    assert tested.returncode == 0, tested.stdout[-8000:]
