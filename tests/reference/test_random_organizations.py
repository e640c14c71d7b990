"""The product bills random organizations as the reference does: every line, status and hold."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dagster_project.progress import SilentProgress
from dagster_project.runner import run_months
from dagster_project.settings import Settings
from tests.in_memory import billing
from tests.reference import compare, generator

pytestmark = pytest.mark.slow

SEED, COUNT, MONTH = 7, 40, date(2026, 3, 1)
EXAMPLES = int(os.environ.get("RANDOM_EXAMPLES", "3"))


@pytest.fixture(scope="module")
def organizations(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A data directory with the organizations' invoices of the month."""
    data = tmp_path_factory.mktemp("random")
    orgs = generator.write(data, SEED, COUNT, months=(MONTH,))
    today = date(2026, 11, 22)
    run_months(Settings.load(data), [MONTH], orgs, today, SilentProgress())
    return data, orgs


def test_the_sample_bills_every_licence_model_subscription_and_ramp_policy(
    organizations: tuple[Path, list[str]],
) -> None:
    data, orgs = organizations
    billed: dict[str, set[tuple[str, str, str]]] = {"ramp": set(), "term": set()}
    for org in orgs:
        period = compare.read_biller(data, org, []).contract.period_of_month(MONTH)
        if period:
            own = period.terms["contract"]
            kind = (own["licence_model"], own["subscription"], own["ramp_policy"])
            billed[period.phase].add(kind)
    every = {combination[:3] for combination in generator.COMBINATIONS}
    assert billed["ramp"] | billed["term"] == every
    assert {(model, policy) for model, _, policy in billed["ramp"]} == {
        (model, policy) for model, _, policy in every
    }


def test_the_product_bills_random_organizations_as_the_reference_does(
    organizations: tuple[Path, list[str]],
) -> None:
    data, orgs = organizations
    rates = generator.read_rates(data)
    path = data / "warehouse" / "cxledger.duckdb"
    differences = []
    with duckdb.connect(str(path), read_only=True) as con:
        for org in orgs:
            biller = compare.read_biller(data, org, rates)
            said = compare.differences(con, biller, org, [MONTH])
            differences += [f"{org} of seed {SEED}", *said] if said else []
    assert not differences, "\n".join(differences)


def test_the_sql_alone_gives_the_figures_of_the_run(organizations: tuple[Path, list[str]]) -> None:
    """What tests/laws and tests/peers ask in memory is what a run would answer."""
    data, _ = organizations
    path = data / "warehouse" / "cxledger.duckdb"
    alone = billing.load(data)
    billing.bill(alone, [MONTH])
    for mart in billing.MARTS:
        if mart != "rated_calls":  # a view over the same files
            query = f"select * from marts.{mart} order by all"
            with duckdb.connect(str(path), read_only=True) as con:
                assert con.execute(query).fetchall() == alone.execute(query).fetchall(), mart


# a smaller example would be another organization: nothing to shrink
@settings(
    deadline=None, derandomize=True, max_examples=EXAMPLES, phases=[Phase.explicit, Phase.generate]
)
@given(seed=st.integers(1_000, 10**9), first=st.integers(0, 200))
def test_any_organizations_are_billed_as_the_reference_bills_them(
    seed: int, first: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Ten organizations of any seed, three months each, without a run around the SQL."""
    data = tmp_path_factory.mktemp("any")
    numbers = set(range(first, first + 10))
    orgs = generator.write(data, seed, first + 10, numbers)
    con = compare.billed_in_memory(data, generator.MONTHS, date(2026, 11, 22))
    rates = generator.read_rates(data)
    said = [
        text
        for org in orgs
        for text in compare.differences(
            con, compare.read_biller(data, org, rates), org, generator.MONTHS
        )
    ]
    con.close()
    assert not said, f"seed {seed}, from {first}:\n" + "\n".join(said)
