"""The contracts of the scenario organizations."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dagster_project.catalogue import Catalogue
from dagster_project.contracts import load_contract

CONTRACTS = Path(__file__).parents[1] / "scenarios" / "contracts"


def test_there_are_scenarios() -> None:
    assert len(list(CONTRACTS.glob("*.yml"))) >= 26


@pytest.mark.parametrize("path", sorted(CONTRACTS.glob("*.yml")), ids=lambda path: path.stem)
def test_each_scenario_contract_loads(path: Path, catalogue: Catalogue) -> None:
    assert load_contract(path, catalogue).org == path.stem


def test_a_scenarios_amendment_raises_the_commitment(catalogue: Catalogue) -> None:
    contract = load_contract(CONTRACTS / "s19-amendment.yml", catalogue)
    committed = [version.terms.licences[0].committed for version in contract.versions]
    assert committed == [Decimal(10), Decimal(30)]
