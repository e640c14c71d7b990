"""A run may be repeated, killed, narrowed and rebuilt: the marts come out the same."""

from __future__ import annotations

import os
import shutil
import signal
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest

from dagster_project.errors import ContractError, UsageError
from dagster_project.landing import accept_file
from dagster_project.pruning import prune
from dagster_project.warehouse import work
from tests import kills
from tests.defs.conftest import MONTHS, calls, users

if TYPE_CHECKING:
    from conftest import DataFolder

    from dagster_project.runner import RunOutcome
    from tests.warm import Warm

VENDOR = (
    "Invoice Number,Invoice Date,Service Period Start,Service Period End,Description,Quantity,Rate,"
    "Amount\n"
    "V-1,2026-04-01,2026-03-01,2026-03-31,Genesys Cloud CX 2 User,4,115,460\n"
)
LINES = "select * exclude (invoice_id) from marts.invoice_lines order by all"


@pytest.mark.slow
def test_a_run_repeated_is_a_run(first_run: DataFolder, billed: DataFolder) -> None:
    first = first_run.query(LINES)
    assert len(first) == 3
    billed.run_several(MONTHS)
    assert billed.query(LINES) == first


@pytest.mark.slow
def test_two_organizations_together_are_two_apart_in_a_working_file_of_an_older_version(
    first_run: DataFolder, billed: DataFolder
) -> None:
    """Such a file is made anew; without any file, a run that is killed and repeated begins."""
    with work(billed.settings) as con:
        con.execute("update ops.schema_version set version = version - 1")
    # whatever opens it first makes the schema anew, without any table of dbt
    with pytest.raises(UsageError, match="has not computed"):
        prune(billed.settings, date(2026, 4, 1), [], "jo")
    billed.run_several(MONTHS, "acme")
    assert {org for (org,) in billed.query("select org from marts.invoices")} == {"acme"}
    billed.run_several(MONTHS, "beta")
    assert billed.query(LINES) == first_run.query(LINES)


@pytest.mark.slow
def test_a_late_file_recomputes_the_months_that_it_touches(billed: DataFolder) -> None:
    assert billed.query("from marts.reconciliation") == []
    billed.land("acme", "billable_usage", "late.csv", users("late", day="2026-03-20"))
    billed.land("acme", "vendor_invoice", "v.csv", VENDOR)
    billed.run("2026-04")
    quantity = billed.query(
        "select quantity from marts.invoice_lines where org = 'acme' "
        "and charge_code = 'licence.cx2.on_demand' and service_start = date '2026-03-01'"
    )
    assert [int(value) for (value,) in quantity] == [3]
    # the first invoice of a vendor: what is left out without any is computed
    compared = billed.query(
        "select quantity_variance::integer, cause from marts.reconciliation left join "
        "marts.reconciliation_causes using (org, period_start, charge_key) "
        "where charge_key = 'licence.cx2.on_demand'"
    )
    assert compared == [(1, "user_count")]


@pytest.mark.slow
def test_a_run_killed_anywhere_and_repeated_is_a_run(
    first_run: DataFolder, billed: DataFolder, warm: Warm
) -> None:
    shutil.rmtree(billed.settings.warehouse)
    command = ["run", "--month", MONTHS[0], "--data", str(billed.path), "--as-of", "2026-11-22"]
    for moment in kills.moments(kills.RUNS, 0.5, 9, seed=7):
        process = warm.start(command)
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, process.output.read_text()
    billed.run_several(MONTHS)
    assert billed.query(LINES) == first_run.query(LINES)


@pytest.mark.slow
def test_rejected_rows_hold_their_organization_until_a_person_accepts_them(
    billed: DataFolder,
) -> None:
    rows = calls(200) + calls(201, cost="1,2,3").splitlines(keepends=True)[-1]
    billed.land("acme", "voice_usage", "3.csv", rows)
    assert billed.run("2026-03").held == 1
    state = (
        "select org, status, hold_reasons from marts.invoices "
        "where invoice_month = date '2026-03-01' order by org"
    )
    assert billed.query(state) == [("acme", "held", ["rejected_rows"]), ("beta", "draft", [])]
    ((file_id,),) = billed.query("select file_id from ops.files where rows_rejected > 0")
    with work(billed.settings) as con:
        accept_file(billed.settings, con, file_id, "the carrier re-sends it in April", "jo")
    # what a person said is in the books: a warehouse that is made anew knows it, too
    shutil.rmtree(billed.settings.warehouse)
    assert billed.run("2026-03").held == 0
    assert billed.query(state) == [("acme", "draft", []), ("beta", "draft", [])]


@pytest.mark.slow
def test_a_wrong_contract_stops_its_organization_only(
    first_run: DataFolder, first_outcome: RunOutcome, billed: DataFolder
) -> None:
    assert list(first_outcome.contract_errors) == ["zeta"]
    assert "contracts/zeta.yml:2" in first_outcome.contract_errors["zeta"]
    assert {org for (org,) in first_run.query("select org from marts.invoices")} == {
        "acme",
        "beta",
    }
    with pytest.raises(ContractError):
        billed.run("2026-03", "zeta")


@pytest.mark.slow
def test_an_organization_without_a_contract_is_a_wrong_usage(billed: DataFolder) -> None:
    with pytest.raises(UsageError, match="did you mean acme"):
        billed.run("2026-03", "acm")
