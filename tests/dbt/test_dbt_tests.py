"""Each rule's unit tests, and what else they are examples of."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagster_project.blank import begin_with_blank
from dagster_project.dbt_manifest import manifest_path
from tests.dbt.invocation import dbt_test
from tests.dbt.shortcuts import take_shortcuts
from tests.mutation.mutants import mutant_ids
from tests.mutation.register import argued_mutants, claimed_laws
from tests.mutation.scoring import broken_laws, stale_arguments
from tests.mutation.unit_tests import UnitTest, unit_tests_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import DataFolder


NEIGHBOURS_ONE_IN = int(os.environ.get("NEIGHBOURS_ONE_IN", "3"))
ARGUED_ONE_IN = int(os.environ.get("ARGUED_ONE_IN", "5"))


@dataclass(frozen=True)
class UnitTestRun:
    """One run of all unit tests: what dbt said, and where it left what it ran."""

    target: Path
    tests: int
    passed: bool
    said: list[str]


@pytest.fixture(scope="module")
def unit_test_run(
    new_data_folder: Callable[[str], DataFolder], tmp_path_factory: pytest.TempPathFactory
) -> UnitTestRun:
    from dbt.contracts.graph.manifest import Manifest, WritableManifest

    # what a manifest does not write down is of data tests only
    parsed = WritableManifest.read_and_check_versions(str(manifest_path()))
    settings = new_data_folder("unit_tests").settings
    begin_with_blank(settings)  # each relation is there, without a row
    target = tmp_path_factory.mktemp("unit_tests") / "target"
    with pytest.MonkeyPatch.context() as patch:
        take_shortcuts(patch)
        passed, said, stopped = dbt_test(
            "--select",
            "test_type:unit",
            work_file=settings.work_file,
            target=target,
            manifest=Manifest.from_writable_manifest(parsed),
        )
    assert stopped is None, stopped
    return UnitTestRun(target, len(parsed.unit_tests), passed, said)


@pytest.mark.slow
def test_every_unit_test_of_every_rule_passes(unit_test_run: UnitTestRun) -> None:
    not_passed = [words for words in unit_test_run.said if not words.startswith("pass ")]
    assert not not_passed, "\n".join(not_passed)
    assert unit_test_run.passed
    assert len(unit_test_run.said) == unit_test_run.tests > 0


@pytest.fixture(scope="module")
def unit_tests(unit_test_run: UnitTestRun) -> list[UnitTest]:
    return unit_tests_in(unit_test_run.target)


@pytest.mark.slow
def test_every_rule_holds_with_another_organization_or_period_beside(
    unit_tests: list[UnitTest],
) -> None:
    """Each unit test that is claimed for it, with its given rows doubled for a neighbour.

    Those of every third model; of all models in `make laws`.
    """
    models = sorted({test.model for test in unit_tests})[::NEIGHBOURS_ONE_IN]
    looked_at = [test for test in unit_tests if test.model in models]
    names = {test.name for test in looked_at}
    laws = {law for law in claimed_laws() if law.unit_test in names}
    assert laws
    broken = broken_laws(looked_at, laws)
    assert not broken, (
        "a neighbour moves the figures of these rules; mend the rule, or, if the unit test's rows "
        f"cannot be doubled, take it from tests/mutation/neighbour_laws.csv: {sorted(broken)}"
    )


@pytest.mark.slow
def test_every_mutant_that_is_argued_equivalent_exists(unit_tests: list[UnitTest]) -> None:
    argued = argued_mutants()
    models = {model for model, _ in argued}
    statements = {(test.model, test.sql) for test in unit_tests if test.model in models}
    existing = {(model, mutant) for model, sql in statements for mutant in mutant_ids(sql)}
    gone = set(argued) - existing
    assert not gone, f"take them from tests/mutation/equivalent.csv: {sorted(gone)}"


@pytest.mark.slow
def test_mutants_that_are_argued_equivalent_survive(unit_tests: list[UnitTest]) -> None:
    """Those of every fifth model; of all models in `make laws`."""
    argued = argued_mutants()
    models = sorted({model for model, _ in argued})[::ARGUED_ONE_IN]
    looked_at = {(model, mutant) for model, mutant in argued if model in models}
    assert looked_at
    stale = stale_arguments(unit_tests, looked_at, claimed_laws())
    assert not stale, f"take them from tests/mutation/equivalent.csv: {sorted(stale)}"
