"""The scenario organizations: every line of every expected invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import DataFolder


@pytest.mark.slow
def test_every_scenario_organization_gets_the_expected_invoice(scenario_data: DataFolder) -> None:
    answer = (scenario_data.path / "check.txt").read_text()
    assert answer.strip().endswith("30 passed, 0 failed"), answer[-6000:]
