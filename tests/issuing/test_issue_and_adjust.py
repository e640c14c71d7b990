"""An organization's invoices, run by run: issued, adjusted, rebuilt, replayed, corrected."""

from __future__ import annotations

import os
import shutil
import signal
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dagster_project.issuing import read_issued
from dagster_project.issuing.replay import replay
from dagster_project.progress import SilentProgress
from tests import kills

if TYPE_CHECKING:
    from conftest import DataFolder

    from tests.warm import Warm

HEADER = "Charge Name,Entity,Timestamp\n"
CONTRACT = """\
org: {org}
name: {org}
country: US
currency: USD
contract:
  effective_date: 2026-01-01
  subscription: monthly
  licence_model: named
{more}licences:
  - {{licence: cx2, prepay_rate: 95, on_demand_rate: {rate}}}
taxes:
  - {{name: Sales tax, rate: 0.07}}
"""
INVOICES = "select * from marts.invoices order by invoice_id"
LINES = "select * from marts.invoice_lines order by line_id"
USERS, TAX = "licence.cx2.on_demand", "tax.sales_tax"


def _user(name: str, day: str) -> str:
    return f"Genesys Cloud CX 2 User,{name}@x.example,{day}T09:00:00Z\n"


def _contract(data_folder: DataFolder, org: str, rate: int = 115, more: str = "") -> None:
    data_folder.contract(org, CONTRACT.format(org=org, rate=rate, more=more))


def _states(data_folder: DataFolder, org: str = "acme") -> dict[str, tuple[str, str | None]]:
    rows = data_folder.query(
        "select invoice_id, status, invoice_number from marts.invoices where org = ?", org
    )
    return {invoice_id: (status, number) for invoice_id, status, number in rows}


def _lines(data_folder: DataFolder, invoice_id: str) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = data_folder.query(
        "select charge_code, service_start, quantity, rate, amount from marts.invoice_lines "
        "where invoice_id = ?",
        invoice_id,
    )
    return {
        (code, f"{start:%m}"): (int(quantity), rate if rate is None else float(rate), amount)
        for code, start, quantity, rate, amount in rows
    }


def _documents(data_folder: DataFolder, invoice_id: str) -> dict[str, bytes]:
    folder = data_folder.settings.invoices / "acme" / invoice_id
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
def test_what_changes_after_issuing_is_adjusted_or_corrected_once_and_a_rebuilt_warehouse_is_same(
    data_folder: DataFolder,
) -> None:
    """Three organizations in the same runs; of `gone`, March is the last period."""
    _contract(data_folder, "acme")
    _contract(data_folder, "beta")
    _contract(data_folder, "gone", more="  terminated_on: 2026-03-10\n")
    data_folder.land(
        "acme",
        "billable_usage",
        "a.csv",
        HEADER + _user("a", "2026-03-05") + _user("b", "2026-03-05") + _user("a", "2026-04-05"),
    )
    data_folder.land("beta", "billable_usage", "a.csv", HEADER + _user("c", "2026-03-05"))
    data_folder.land("gone", "billable_usage", "a.csv", HEADER + _user("a", "2026-03-05"))
    data_folder.run("2026-03", as_of="2026-06-09", issue=True)
    assert _states(data_folder) == {"acme-2026-03": ("issued", "acme-000001")}
    assert _states(data_folder, "beta") == {"beta-2026-03": ("issued", "beta-000001")}
    assert _states(data_folder, "gone") == {"gone-2026-03": ("issued", "gone-000001")}
    issued, printed = (
        data_folder.query(f"from ({LINES}) where org = 'acme'"),
        _documents(data_folder, "acme-2026-03"),
    )

    # a late file: the issued invoice stays, the next one has the difference, tax apart; where no
    # invoice will come any more, it is a correction
    data_folder.land("acme", "billable_usage", "late.csv", HEADER + _user("late", "2026-03-20"))
    data_folder.land("gone", "billable_usage", "b.csv", HEADER + _user("b", "2026-03-06"))
    assert data_folder.run("2026-04", as_of="2026-06-10").held == 0
    assert data_folder.query(f"from ({LINES}) where invoice_id = 'acme-2026-03'") == issued
    april = {
        (USERS, "04"): (1, 115.0, Decimal("115.00")),
        (f"{USERS}.adjustment", "03"): (1, 115.0, Decimal("115.00")),
        (TAX, "04"): (115, 0.07, Decimal("8.05")),
        (f"{TAX}.adjustment", "03"): (115, 0.07, Decimal("8.05")),
    }
    assert _lines(data_folder, "acme-2026-04") == april
    assert _states(data_folder, "beta") == {"beta-2026-03": ("issued", "beta-000001")}
    assert _states(data_folder, "gone") == {
        "gone-2026-03": ("issued", "gone-000001"),
        "gone-correction-1": ("draft", None),
    }

    # issued with the next invoice, or in the correction, it is settled: a repeat on another day
    # issues and adjusts nothing
    months = ["2026-03", "2026-04"]
    data_folder.run_several(months, as_of="2026-06-11", issue=True)
    shown = data_folder.query(INVOICES), data_folder.query(LINES)
    book = (data_folder.settings.books / "invoices.jsonl").read_bytes()
    data_folder.run_several(months, as_of="2026-06-12", issue=True)
    assert (data_folder.query(INVOICES), data_folder.query(LINES)) == shown
    assert (data_folder.settings.books / "invoices.jsonl").read_bytes() == book
    assert _states(data_folder)["acme-2026-04"] == ("issued", "acme-000002")
    assert _states(data_folder, "gone") == {
        "gone-2026-03": ("issued", "gone-000001"),
        "gone-correction-1": ("issued", "gone-000002"),
    }
    assert _lines(data_folder, "gone-correction-1") == {
        (f"{USERS}.adjustment", "03"): (1, 115.0, Decimal("115.00")),
        (f"{TAX}.adjustment", "03"): (115, 0.07, Decimal("8.05")),
    }
    assert data_folder.query(
        "select invoice_date::varchar from marts.invoices where invoice_kind = 'correction'"
    ) == [("2026-06-11",)]

    # the base of the contract edited: both issued months, the next invoice, no tax on adjustments
    _contract(data_folder, "acme", rate=120)
    data_folder.run("2026-05")
    may = {
        (f"{USERS}.adjustment", "03"): (0, None, Decimal("15.00")),
        (f"{USERS}.adjustment", "04"): (0, None, Decimal("5.00")),
        (f"{TAX}.adjustment", "03"): (15, 0.07, Decimal("1.05")),
        (f"{TAX}.adjustment", "04"): (5, 0.07, Decimal("0.35")),
    }
    assert _lines(data_folder, "acme-2026-05") == may
    assert _documents(data_folder, "acme-2026-03") == printed

    # the warehouse is gone: books, landing, contracts give it back as it was
    shown = data_folder.query(INVOICES), data_folder.query(LINES)
    shutil.rmtree(data_folder.settings.warehouse)
    data_folder.run("2026-05")
    assert data_folder.query(f"from ({INVOICES}) where org = 'acme'") == [
        row for row in shown[0] if row[2] == "acme"
    ]
    assert _lines(data_folder, "acme-2026-05") == may

    # each issued invoice comes again from its recorded inputs, adjustments included
    outcome = replay(data_folder.settings, "acme-000002", SilentProgress())
    assert (outcome.missing, outcome.differences) == ((), ())
    assert outcome.is_same_product
    (data_folder.path / "landing/acme/billable_usage/late.csv").write_text(HEADER)
    outcome = replay(data_folder.settings, "acme-2026-04", SilentProgress())
    assert not outcome.is_identical
    assert "landing/acme/billable_usage/late.csv" in outcome.missing[0]
    assert outcome.missing[0].endswith("is changed")


@pytest.mark.slow
def test_whole_issuing_runs_killed_anywhere_and_repeated_issue_each_invoice_once(
    data_folder: DataFolder, warm: Warm
) -> None:
    _contract(data_folder, "acme")
    _contract(data_folder, "beta")
    for org in ("acme", "beta"):
        data_folder.land(org, "billable_usage", "a.csv", HEADER + _user("a", "2026-03-05"))
    command = ["run", "--month", "2026-03"]
    command += ["--issue", "--as-of", "2026-11-22", "--data", str(data_folder.path)]
    for moment in kills.moments(kills.RUNS, 1, 16, seed=20261125):
        process = warm.start(command)
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() in {0, -signal.SIGKILL}, process.output.read_text()
    data_folder.run("2026-03", issue=True)
    numbers = [invoice.invoice_number for invoice in read_issued(data_folder.settings)]
    assert sorted(numbers) == ["acme-000001", "beta-000001"]
    assert data_folder.query("select count(*), sum(total)::varchar from marts.invoices") == [
        (2, "246.10")
    ]
    assert Path(data_folder.settings.invoices / "beta" / "beta-2026-03" / "invoice.pdf").is_file()
