"""A run may be repeated, killed, narrowed and rebuilt: the marts come out the same."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest

from dagster_project.errors import ContractError, UsageError
from dagster_project.landing import accept_file
from dagster_project.pruning import prune
from dagster_project.warehouse import work

if TYPE_CHECKING:
    from conftest import DataFolder

HEADER = "Charge Name,Entity,Timestamp\n"
CALLS = (
    "SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds),"
    "Usage Rate Per Minute,Total cost\n"
)
VENDOR = (
    "Invoice Number,Invoice Date,Service Period Start,Service Period End,Description,Quantity,Rate,"
    "Amount\n"
    "V-1,2026-04-01,2026-03-01,2026-03-31,Genesys Cloud CX 2 User,4,115,460\n"
)
LINES = "select * exclude (invoice_id) from marts.invoice_lines order by all"


def _user(name: str, day: str = "2026-03-05") -> str:
    return f"Genesys Cloud CX 2 User,{name}@x.example,{day}T09:00:00Z\n"


def _call(number: int, day: int = 3, seconds: int = 34, cost: str = "0.0071") -> str:
    return (
        f"sip-{number},+13175550100,+12125550199,Domestic,Outbound,"
        f"2026-03-{day:02}T09:00:{number % 60:02}Z,{seconds},0.0119,{cost}\n"
    )


def _fill(data_folder: DataFolder) -> None:
    data_folder.contract("acme")
    data_folder.contract("beta")
    data_folder.land("acme", "billable_usage", "a.csv", HEADER + _user("a") + _user("b"))
    data_folder.land("beta", "billable_usage", "a.csv", HEADER + _user("c"))
    data_folder.land("acme", "voice_usage", "1.csv", CALLS + "".join(map(_call, range(50))))
    data_folder.land("acme", "voice_usage", "2.csv", CALLS + "".join(map(_call, range(40, 90))))


@pytest.mark.slow
def test_a_run_repeated_is_a_run_and_the_warehouse_can_be_deleted(data_folder: DataFolder) -> None:
    _fill(data_folder)
    data_folder.run("2026-03")
    first = data_folder.query(LINES)
    assert len(first) == 3
    data_folder.run("2026-03")
    assert data_folder.query(LINES) == first
    shutil.rmtree(data_folder.settings.warehouse)
    data_folder.run("2026-03")
    assert data_folder.query(LINES) == first


@pytest.mark.slow
def test_a_working_file_of_an_older_version_is_made_anew(data_folder: DataFolder) -> None:
    _fill(data_folder)
    data_folder.run("2026-03")
    first = data_folder.query(LINES)
    with work(data_folder.settings) as con:
        con.execute("update ops.schema_version set version = version - 1")
    # whatever opens it first makes the schema anew, without any table of dbt
    with pytest.raises(UsageError, match="has not computed"):
        prune(data_folder.settings, date(2026, 4, 1), [], "jo")
    data_folder.run("2026-03")
    assert data_folder.query(LINES) == first


@pytest.mark.slow
def test_two_organizations_together_are_two_apart(data_folder: DataFolder) -> None:
    _fill(data_folder)
    data_folder.run("2026-03")
    together = data_folder.query(LINES)
    shutil.rmtree(data_folder.settings.warehouse)
    data_folder.run("2026-03", "acme")
    data_folder.run("2026-03", "beta")
    assert data_folder.query(LINES) == together


@pytest.mark.slow
def test_a_late_file_recomputes_the_months_that_it_touches(data_folder: DataFolder) -> None:
    _fill(data_folder)
    data_folder.run("2026-03")
    data_folder.run("2026-04")
    assert data_folder.query("from marts.reconciliation") == []
    data_folder.land("acme", "billable_usage", "late.csv", HEADER + _user("late", "2026-03-20"))
    data_folder.land("acme", "vendor_invoice", "v.csv", VENDOR)
    data_folder.run("2026-04")
    quantity = data_folder.query(
        "select quantity from marts.invoice_lines where org = 'acme' "
        "and charge_code = 'licence.cx2.on_demand' and service_start = date '2026-03-01'"
    )
    assert [int(value) for (value,) in quantity] == [3]
    # the first invoice of a vendor: what is left out without any is computed
    compared = data_folder.query(
        "select quantity_variance::integer, cause from marts.reconciliation left join "
        "marts.reconciliation_causes using (org, period_start, charge_key) "
        "where charge_key = 'licence.cx2.on_demand'"
    )
    assert compared == [(1, "user_count")]


@pytest.mark.slow
def test_a_run_killed_anywhere_and_repeated_is_a_run(data_folder: DataFolder) -> None:
    _fill(data_folder)
    data_folder.run("2026-03")
    expected = data_folder.query(LINES)
    shutil.rmtree(data_folder.settings.warehouse)
    command = [sys.executable, "-m", "dagster_project.cli", "run", "--month", "2026-03"]
    command += ["--data", str(data_folder.path)]
    chance = random.Random(7)  # noqa: S311
    for _ in range(4):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(chance.uniform(3, 12))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    data_folder.run("2026-03")
    assert data_folder.query(LINES) == expected


@pytest.mark.slow
def test_rejected_rows_hold_their_organization_until_a_person_accepts_them(
    data_folder: DataFolder,
) -> None:
    _fill(data_folder)
    data_folder.land("acme", "voice_usage", "3.csv", CALLS + _call(200) + _call(201, cost="1,2,3"))
    assert data_folder.run("2026-03").held == 1
    state = "select org, status, hold_reasons from marts.invoices order by org"
    assert data_folder.query(state) == [
        ("acme", "held", ["rejected_rows"]),
        ("beta", "draft", []),
    ]
    ((file_id,),) = data_folder.query("select file_id from ops.files where rows_rejected > 0")
    with work(data_folder.settings) as con:
        accept_file(data_folder.settings, con, file_id, "the carrier re-sends it in April", "jo")
    assert data_folder.run("2026-03").held == 0
    shutil.rmtree(data_folder.settings.warehouse)
    assert data_folder.run("2026-03").held == 0


@pytest.mark.slow
def test_a_wrong_contract_stops_its_organization_only(data_folder: DataFolder) -> None:
    _fill(data_folder)
    data_folder.contract("zeta", "org: zeta\nnonsense: 1\n")
    outcome = data_folder.run("2026-03")
    assert list(outcome.contract_errors) == ["zeta"]
    assert "contracts/zeta.yml:2" in outcome.contract_errors["zeta"]
    assert {org for (org,) in data_folder.query("select org from marts.invoices")} == {
        "acme",
        "beta",
    }
    with pytest.raises(ContractError):
        data_folder.run("2026-03", "zeta")


@pytest.mark.slow
def test_an_organization_without_a_contract_is_a_wrong_usage(data_folder: DataFolder) -> None:
    _fill(data_folder)
    with pytest.raises(UsageError, match="did you mean acme"):
        data_folder.run("2026-03", "acm")
