"""The scenario organizations: every line of every expected invoice, and dbt's data tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dbt.invocation import dbt_test

if TYPE_CHECKING:
    from conftest import DataFolder


@pytest.mark.slow
def test_every_scenario_organization_gets_the_expected_invoice(scenario_data: DataFolder) -> None:
    answer = (scenario_data.path / "check.txt").read_text()
    assert answer.strip().endswith("30 passed, 0 failed"), answer[-6000:]


@pytest.mark.slow
def test_every_data_test_holds_on_the_scenario_warehouse(
    scenario_data: DataFolder, tmp_path: Path
) -> None:
    passed, said, stopped = dbt_test(
        "--exclude",
        "test_type:unit",
        work_file=scenario_data.settings.work_file,
        target=tmp_path / "target",
    )
    assert stopped is None, stopped
    assert passed, "\n".join(words for words in said if not words.startswith(("pass ", "warn ")))
    assert said
