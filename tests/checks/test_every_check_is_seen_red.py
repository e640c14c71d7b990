"""Every check of CHK fails for the organization that earned it, and for no other.

`organizations.yml` holds them: a healthy twin, and one organization per check that differs from it
in one thing. They live in one data directory and are billed by one run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dagster_project import dbt_project
from dagster_project.warehouse import work
from expectations.holds import record_verdict
from expectations.validate import validate

if TYPE_CHECKING:
    from conftest import DataFolder

pytestmark = pytest.mark.slow

MONTH = date(2026, 4, 1)
# every scalar stays the text that it is in the file
_FILE: dict[str, Any] = yaml.load(
    Path(__file__).with_name("organizations.yml").read_text(),
    Loader=yaml.BaseLoader,  # noqa: S506
)
HEALTHY, CHECKS, INVARIANTS, ORDERS = (
    _FILE[part] for part in ("healthy", "checks", "invariants", "orders")
)
ORGANIZATIONS = {"healthy": {}, **CHECKS, **INVARIANTS, **ORDERS}
HOLDS = sorted(
    check for check, organization in CHECKS.items() if organization["severity"] != "warn"
)
WARNS = sorted(set(CHECKS) - set(HOLDS))

# the rulebook's own list, CHK
_HOLDING = {
    "licence_model_mixing",
    "tier_mixing",
    "concurrency_evidence",
    "unknown_charge_name",
    "unknown_resource",
    "unknown_app",
    "unknown_number_type",
    "unpriced_usage",
    "unrated_calls",
    "currency_mismatch",
    "rejected_rows",
    "conservation",
    "totals",
}
_WARNING = {
    "coverage_gap",
    "cdr_cost_mismatch",
    "unknown_country",
    "restated_calls",
    "conflicting_rows",
    "rate_sheet_mismatch",
    "net_disagrees",
    "tier_above_commitment",
    "messaging_without_cx2",
    "trial_expired",
}
# rejects in org_users, vendor_invoice and payments "only warn": a name of its own for that
_WARNING_OF_REJECTED_ROWS = {"rejected_rows_warned"}


@pytest.fixture(scope="module")
def billed(new_data_folder: Callable[[str], DataFolder]) -> DataFolder:
    """All organizations after one run of April."""
    folder = new_data_folder("checks")
    for org, organization in ORGANIZATIONS.items():
        folder.contract(org, yaml.safe_dump(_contract(org, organization.get("contract", {}))))
        for report, text in (HEALTHY["landing"] | organization.get("instead", {})).items():
            folder.land(org, report, "april.csv", text)
        for report, text in organization.get("also", {}).items():
            folder.land(org, report, "also.csv", text)
    folder.run("2026-04")
    return folder


def _contract(org: str, changes: dict[str, Any]) -> dict[str, Any]:
    twin = HEALTHY["contract"]
    merged = {key: twin.get(key, {}) | changes.get(key, {}) for key in ("contract", "voice")}
    return {"org": org, **twin, **changes, **merged}


def _invoice(folder: DataFolder, org: str, kind: str = "period") -> tuple[str, list[str]]:
    (row,) = folder.query(
        "select status, hold_reasons from marts.invoices "
        "where org = ? and invoice_month = ? and invoice_kind = ?",
        org,
        MONTH,
        kind,
    )
    return row


def _charge_codes(folder: DataFolder, org: str) -> list[str]:
    return [
        code
        for (code,) in folder.query(
            "select charge_code from marts.invoice_lines inner join marts.invoices "
            "using (invoice_id, org) where org = ? and invoice_kind = 'period' order by all",
            org,
        )
    ]


def test_the_register_of_checks_is_the_rulebooks(billed: DataFolder) -> None:
    severities = dict(
        billed.query("select check_name, any_value(severity) from ops.check_results group by all")
    )
    assert severities == {
        **dict.fromkeys(_HOLDING, "error"),
        **dict.fromkeys(_WARNING | _WARNING_OF_REJECTED_ROWS, "warn"),
    }
    assert set(CHECKS) | set(INVARIANTS) == set(severities), "an organization for each of them"


def test_every_check_says_of_every_organization_whether_it_passed(billed: DataFolder) -> None:
    ((rows, checks, silent),) = billed.query(
        "select count(*), count(distinct check_name), "
        "count(*) filter (where passed = (detail is not null)) "
        "from ops.check_results where invoice_month = ?",
        MONTH,
    )
    assert rows == len(ORGANIZATIONS) * checks
    assert silent == 0


def test_nothing_fails_for_the_healthy_twin(billed: DataFolder) -> None:
    assert not billed.query("from ops.check_results where org = 'healthy' and not passed")
    assert _invoice(billed, "healthy") == ("draft", [])
    assert _charge_codes(billed, "healthy") == [
        "appfoundry.transcriber.minutes.on_demand",
        "device.desk_phone",
        "licence.cx2.on_demand",
        "resource.ivr_minutes",
        "telco.number_recurring.did",
        "telco.outbound.domestic",
    ]


@pytest.mark.parametrize("check", sorted([*CHECKS, *INVARIANTS]))
def test_the_check_fails_for_its_own_organization_only(check: str, billed: DataFolder) -> None:
    failed = {
        org
        for (org,) in billed.query(
            "select org from ops.check_results where check_name = ? and not passed", check
        )
    }
    # conservation and totals are seen red below: no landed file can bring them about
    assert failed == ({check} if check in CHECKS else set())


@pytest.mark.parametrize("check", HOLDS)
def test_a_failed_check_holds_the_period_invoice_for_this_reason_alone(
    check: str, billed: DataFolder
) -> None:
    assert _invoice(billed, check) == ("held", [check])
    assert _invoice(billed, check, "order") == ("draft", [])


@pytest.mark.parametrize("check", WARNS)
def test_a_warning_holds_nothing(check: str, billed: DataFolder) -> None:
    expected = "usage_only" if check == "trial_expired" else "draft"
    assert _invoice(billed, check) == (expected, [])


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_the_sentence_names_what_is_wrong_and_what_to_do(check: str, billed: DataFolder) -> None:
    ((detail,),) = billed.query(
        "select detail from ops.check_results where check_name = ? and not passed", check
    )
    assert [words for words in CHECKS[check]["says"] if words not in detail] == [], detail


@pytest.mark.parametrize("check", HOLDS)
def test_the_lines_of_a_held_invoice_are_computed_all_the_same(
    check: str, billed: DataFolder
) -> None:
    assert set(_charge_codes(billed, "healthy")) <= set(_charge_codes(billed, check))


def test_an_order_is_held_for_a_line_of_its_own_and_holds_no_period(billed: DataFolder) -> None:
    org = "order_without_a_rate"
    assert _invoice(billed, org, "order") == ("held", ["unpriced_usage"])
    assert _invoice(billed, org) == ("draft", [])


def test_a_broken_mart_holds_its_organization_only(billed: DataFolder, tmp_path: Path) -> None:
    state = (
        "select org, invoice_kind, status, hold_reasons from marts.invoices "
        "where invoice_month = ? order by all"
    )
    failing = (
        "select check_name, org, detail from ops.check_results "
        "where check_name in ('conservation', 'totals') and not passed"
    )
    with work(billed.settings) as con:
        before = con.execute(state, [MONTH]).fetchall()
        for organization in INVARIANTS.values():
            con.execute(organization["harm"])
    dbt_project.build(billed.settings, ["run", "--select", "path:models/reconciliation"])
    with work(billed.settings) as con:
        record_verdict(con, validate(con, tmp_path))
        after = con.execute(state, [MONTH]).fetchall()
        details = {(name, org): detail for name, org, detail in con.execute(failing).fetchall()}
    assert set(details) == {(check, check) for check in INVARIANTS}
    for check, organization in INVARIANTS.items():
        missing = [words for words in organization["says"] if words not in details[check, check]]
        assert missing == [], details[check, check]
    assert after == [
        (org, kind, "held", [org]) if org in INVARIANTS and kind == "period" else row
        for row in before
        for org, kind in [row[:2]]
    ]
