"""What the suites are tried on: outcomes made up, and a small warehouse that dbt built."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project import dbt_project
from dagster_project.blank import begin_with_blank
from dagster_project.settings import TARGET_DIR, Settings
from dagster_project.warehouse import work
from expectations.invariants import declared
from expectations.suites import load

_SMALL = Path(__file__).with_name("small_warehouse.sql")
_RECONCILIATION = TARGET_DIR / "compiled/cxledger/models/reconciliation"


@pytest.fixture(scope="session")
def register() -> dict[str, str]:
    """Every declared invariant with its sentence."""
    return {
        invariant: sentence for suite in load() for invariant, sentence in declared(suite).items()
    }


@pytest.fixture
def outcomes(register: dict[str, str]) -> duckdb.DuckDBPyConnection:
    """A warehouse in which every declared invariant holds for two organizations."""
    con = duckdb.connect()
    con.execute("create schema reconciliation")
    con.execute(
        "create table reconciliation.invariants as select split_part(id, '.', 1) as family, "
        "id as invariant_id, org, date '2026-03-01' as period_start, "
        "100.000001::decimal(38, 6) as expected, 100.000001::decimal(38, 6) as actual, "
        "'made up' as detail from unnest(?) as ids (id) cross join (values ('acme'), ('hora')) "
        "as organizations (org)",
        [sorted(register)],
    )
    return con


@pytest.fixture(scope="session")
def small_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The data directory of the small warehouse, built by dbt once."""
    settings = Settings.load(tmp_path_factory.mktemp("small"))
    begin_with_blank(settings)
    with work(settings) as con:
        con.execute("delete from ops.run")
        con.execute(_SMALL.read_text())
    dbt_project.build(settings, ["run"])
    return settings


@pytest.fixture
def small_warehouse(small_settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small warehouse, as built; whatever a test does to it is rolled back."""
    with work(small_settings) as con:
        con.begin()
        yield con
        con.rollback()


@pytest.fixture
def reconcile() -> Callable[..., set[tuple[str, str]]]:
    """Computes reconciliation again, as dbt would; (invariant, organization) of what fails.

    Of one invariant only, if one is named: all of them together take seconds to plan. Tables that
    are named as kept stay as they are.
    """

    def compute(
        con: duckdb.DuckDBPyConnection,
        invariant: str | None = None,
        kept: Container[str] = (),
    ) -> set[tuple[str, str]]:
        for name in _tables_in_order():
            if name not in kept and (name != "invariants" or invariant is None):
                compiled = (_RECONCILIATION / f"{name}.sql").read_text()
                con.execute(f"create or replace table reconciliation.{name} as\n{compiled}")
        relation = f"rec_{invariant.replace('.', '__')}" if invariant else "invariants"
        return set(
            con.execute(
                f"select invariant_id, org from reconciliation.{relation} "
                "where expected is distinct from actual or expected is null"
            ).fetchall()
        )

    return compute


def _tables_in_order() -> list[str]:
    """Every table of reconciliation after what it is computed from; kept days are counted again."""
    return [
        node["name"]
        for node in dbt_project.ordered_nodes()
        if node["schema"] == "reconciliation" and node["config"]["materialized"] != "view"
    ]
