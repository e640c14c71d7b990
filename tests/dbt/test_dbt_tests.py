"""dbt's own tests: each rule's unit tests, and the data tests on the scenario warehouse."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagster_project.settings import DBT_DIR
from dagster_project.warehouse import work
from tests.mutation.register import argued_mutants, claimed_laws
from tests.mutation.scoring import broken_laws, stale_arguments
from tests.mutation.unit_tests import unit_tests_in

if TYPE_CHECKING:
    from collections.abc import Callable

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


@dataclass(frozen=True)
class UnitTestRun:
    """One run of all unit tests: what dbt said, and where it left what it ran."""

    target: Path
    returncode: int
    output: str


@pytest.fixture(scope="module")
def unit_test_run(
    new_data_folder: Callable[[str], DataFolder], tmp_path_factory: pytest.TempPathFactory
) -> UnitTestRun:
    settings = new_data_folder("unit_tests").settings
    with work(settings) as con:
        con.execute(
            "insert into ops.run values ('unit', date '2026-11-22', now()::timestamp, false)"
        )
    target = tmp_path_factory.mktemp("unit_tests") / "target"
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
    return UnitTestRun(target, tested.returncode, tested.stdout)


@pytest.mark.slow
def test_every_unit_test_of_every_rule_passes(unit_test_run: UnitTestRun) -> None:
    assert unit_test_run.returncode == 0, unit_test_run.output[-8000:]
    assert "ERROR=0" in unit_test_run.output
    assert "PASS=0 " not in unit_test_run.output


@pytest.mark.slow
def test_every_rule_holds_with_another_organization_or_period_beside(
    unit_test_run: UnitTestRun,
) -> None:
    """Each unit test that is claimed for it, with its given rows doubled for a neighbour."""
    tests = unit_tests_in(unit_test_run.target)
    names = {test.name for test in tests}
    laws = {law for law in claimed_laws() if law.unit_test in names}
    assert laws
    broken = broken_laws(tests, laws)
    assert not broken, (
        "a neighbour moves the figures of these rules; mend the rule, or, if the unit test's rows "
        f"cannot be doubled, take it from tests/mutation/neighbour_laws.csv: {sorted(broken)}"
    )


@pytest.mark.slow
def test_every_mutant_that_is_argued_equivalent_exists_and_survives(
    unit_test_run: UnitTestRun,
) -> None:
    stale = stale_arguments(unit_tests_in(unit_test_run.target), argued_mutants(), claimed_laws())
    assert not stale, f"take them from tests/mutation/equivalent.csv: {sorted(stale)}"


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
