"""A contract file written from text, loaded with the shipped catalogue."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_project.catalogue import Catalogue
from dagster_project.contracts import Contract, load_contract
from dagster_project.errors import ContractError
from dagster_project.settings import Settings

Load = Callable[..., Contract]
Errors = Callable[..., list[str]]

PLAIN = """\
org: acme
name: Acme
country: US
currency: USD
time_zone: UTC
contract:
  effective_date: 2026-01-15
  subscription: annual_monthly
  licence_model: named
"""


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The shipped catalogue alone."""
    return Catalogue.load(Settings.load(tmp_path_factory.mktemp("data")))


@pytest.fixture
def load(tmp_path: Path, catalogue: Catalogue) -> Load:
    """Loads the plain contract with more text at its end, or a text of its own."""

    def load_text(more: str = "", *, text: str = PLAIN, name: str = "acme.yml") -> Contract:
        path = tmp_path / "contracts" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + textwrap.dedent(more))
        return load_contract(path, catalogue)

    return load_text


@pytest.fixture
def errors(load: Load) -> Errors:
    """The messages of a contract that does not load."""

    def errors_of(more: str = "", **options: str) -> list[str]:
        with pytest.raises(ContractError) as caught:
            load(more, **options)
        return str(caught.value).splitlines()

    return errors_of
