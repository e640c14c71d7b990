"""Every invariant holds on a small warehouse, and is seen red when one thing in it is broken.

A check that cannot fail proves nothing: each declared invariant is paired here with the least harm
that it must notice.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

from expectations.suites import FAMILIES

Reconcile = Callable[..., set[tuple[str, str]]]

_LINE = "update marts.invoice_lines set {} where invoice_id = 'acme-2026-03' and charge_code = '{}'"
_INVOICE = "update marts.invoices set {} where invoice_id = 'acme-2026-03'"
_PERIOD = "update marts.billing_periods set {} where org = 'acme' and invoice_month = '2026-03-01'"
_CHARGE = "update marts.telco_charges set {} where market = 'domestic'"
_USAGE = "update marts.licence_usage set {} where org = 'acme' and licence = 'cx2'"

# invariant → what breaks it (for acme, unless said otherwise)
_HARM = {
    "conservation.lines_of_a_file": "update ops.files set lines = lines + 1 "
    "where file_id = 'users'",
    "conservation.rows_of_a_file": "update ops.files set rows_read = rows_read + 1 "
    "where file_id = 'users'",
    "conservation.costs_of_a_file": "update ops.files set cost_loaded = cost_loaded - 0.000001 "
    "where file_id = 'calls'",
    "conservation.rejected_rows_are_listed": "insert into ops.rejected_rows "
    "values ('users', 9, null, 'unheard of', '')",
    "conservation.loaded_rows_are_stored": "delete from genesys.billable_usage "
    "where line_number = 8",
    "conservation.calls_are_stored_once": "delete from genesys.landed_calls "
    "where sip_call_id = 'sip-7'",
    "conservation.calls_are_rated_once": "delete from intermediate.int_telco__superseded_calls",
    "conservation.calls_outside_are_unassigned": "delete from marts.unassigned_usage "
    "where report = 'voice_usage'",
    "periods.start_at_the_anchor": _PERIOD.format("period_start = period_start + 1"),
    "periods.one_a_month": "insert into marts.billing_periods by name select * "
    "from marts.billing_periods where org = 'acme'",
    "periods.meet_without_gap_or_overlap": _PERIOD.format("period_end = period_end - 1"),
    "periods.voice_windows_meet": _PERIOD.format("voice_to = voice_to - interval 1 second"),
    "periods.open_until_they_end": _PERIOD.format("is_open = true"),
    "licences.a_user_counts_once": "insert into marts.billable_users by name select * "
    "from marts.billable_users where licence is not null and org = 'acme' limit 1",
    "licences.an_add_on_counts_once_a_user": "insert into marts.billable_users by name select * "
    "from marts.billable_users where add_on is not null and org = 'acme' limit 1",
    "licences.named_users_are_those_that_logged_in": "delete from marts.billable_users "
    "where user_key = 'cid@acme.example'",
    "licences.add_on_users_are_billable": "update marts.billable_users "
    "set user_key = 'dan@acme.example' where add_on is not null and org = 'acme'",
    "licences.named_quantities_are_users": _USAGE.format("actual = actual + 1"),
    "licences.quantity_lies_in_its_range": _USAGE.format("actual_high = actual - 1"),
    "licences.on_demand_is_beyond_the_commitment": _USAGE.format("on_demand = actual"),
    "licences.lines_bill_what_was_used": _LINE.format(
        "quantity = quantity + 1", "licence.cx2.on_demand"
    ),
    "resources.overage_is_use_above_the_allowance": "update marts.resource_overages "
    "set overage = overage + 1",
    "resources.use_is_what_the_report_says": "update marts.resource_overages set used = used + 1",
    "resources.lines_bill_the_overage": _LINE.format(
        "amount = amount + 0.01", "resource.ivr_minutes"
    ),
    "resources.no_line_without_an_overage": "delete from marts.resource_overages",
    "telco.charges_count_every_call": _CHARGE.format("calls = calls - 1"),
    "telco.charges_add_up_every_minute": _CHARGE.format(
        "adjusted_minutes = adjusted_minutes + 0.000001"
    ),
    "telco.charges_add_up_every_cost": _CHARGE.format("billed_cost = billed_cost + 0.000001"),
    "telco.charges_keep_the_records_cost": _CHARGE.format("cdr_cost = billed_cost + 0.000001"),
    "telco.calls_lie_in_their_window": "update intermediate.int_periods__scope "
    "set voice_from = voice_from + interval 1 day where org = 'acme'",
    "telco.records_bill_their_own_cost": "update intermediate.int_telco__voice_windows "
    "set voice_rating = 'rate_sheet' where org = 'acme'",
    "telco.lines_bill_the_charges": _LINE.format(
        "amount = amount + 0.01", "telco.outbound.domestic"
    ),
    "telco.short_calls_are_surcharged": _LINE.format("quantity = 29", "telco.short_calls"),
    "telco.numbers_are_billed_while_owned": _LINE.format(
        "quantity = 3", "telco.number_recurring.did"
    ),
    "telco.numbers_are_set_up_once": _LINE.format("quantity = 2", "telco.number_setup.did"),
    "commitments.prepay_is_the_next_commitment": _LINE.format(
        "quantity = quantity * 2", "licence.cx2.prepay"
    ),
    "commitments.arrears_bill_the_commitment": _LINE.format(
        "charge_code = 'licence.cx2.committed'", "licence.cx2.prepay"
    ),
    "commitments.orders_prepay_the_first_term": "delete from marts.computed_lines "
    "where invoice_id = 'acme-order-2026-01-15' and charge_code = 'licence.cx2.prepay'",
    "invoicing.lines_add_up_to_the_totals": _INVOICE.format("total = total + 0.01"),
    "invoicing.each_total_is_the_sum_of_its_lines": "update marts.invoices set total = total + "
    "case invoice_kind when 'order' then 1 else -1 end where org = 'acme'",
    "invoicing.subtotal_and_tax_make_the_total": _INVOICE.format("tax = tax - 0.01"),
    "invoicing.amount_is_quantity_times_rate": _LINE.format(
        "rate = rate + 0.01", "licence.cx2.on_demand"
    ),
    "invoicing.tax_rests_on_its_sections": _LINE.format(
        "amount = amount + 0.01", "tax.state_sales_tax"
    ),
    "invoicing.every_line_has_its_invoice": "delete from marts.invoices "
    "where invoice_id = 'acme-2026-03'",
    "invoicing.every_invoice_has_lines_or_a_hold": "delete from marts.invoice_lines "
    "where invoice_id = 'acme-2026-03'",
    "invoicing.lines_are_numbered_through": _LINE.format("line_number = 99", "tax.state_sales_tax"),
    "invoicing.a_line_id_is_one_line": _LINE.format(
        "line_id = 'acme-2026-03:tax.state_sales_tax'", "fee.regulatory_fee"
    ),
    "invoicing.one_invoice_a_period_or_date": "insert into marts.invoices by name select * "
    "replace ('acme-2026-03-again' as invoice_id) from marts.invoices "
    "where invoice_id = 'acme-2026-03'",
    "invoicing.due_after_the_terms": _INVOICE.format("due_date = due_date + 1"),
    "invoicing.lines_serve_their_period_or_the_next": _LINE.format(
        "service_start = service_start + 1", "recurring.premium_care"
    ),
    "invoicing.currency_is_the_contracts": _INVOICE.format("currency = 'CAD'"),
    "invoicing.held_for_a_reason": _INVOICE.format("status = 'held'"),
    "invoicing.failed_checks_hold": "update ops.check_results set passed = false "
    "where org = 'acme' and check_name = 'unpriced_usage'",
    "invoicing.issued_is_as_the_book_has_it": "update marts.invoice_lines set amount = amount + 1 "
    "where line_id = 'acme-order-2026-01-15:licence.cx2.prepay'",
    "invoicing.numbers_have_no_gap": "update ops.issued_invoices set number_in_org = 2",
    "invoicing.adjustments_settle_what_was_issued": "delete from marts.invoice_lines "
    "where invoice_id = 'acme-2026-02' and charge_code = 'tax.state_sales_tax.adjustment'",
    "invoicing.chargeback_adds_up_to_the_line": "delete from marts.chargeback "
    "where line_id = 'acme-2026-03:licence.cx2.on_demand'",
    "invoicing.causes_add_up_to_the_variance": "update marts.reconciliation_causes "
    "set amount = amount + 0.01 where cause = 'extra_line'",
    "invoicing.evidence_adds_up_to_the_line": "delete from marts.line_evidence "
    "where line_id = 'acme-2026-03:licence.cx2.on_demand' and evidence = 'commitment'",
    "invoicing.evidence_lies_in_the_landing": "update marts.line_evidence "
    "set line_number = 1000 where subject = 'ann@acme.example'",
    "vendor.every_line_of_ours_is_compared_once": "delete from marts.reconciliation "
    "where charge_key = 'licence.cx2.prepay'",
    "vendor.amounts_of_ours_are_all_compared": "update marts.reconciliation "
    "set expected_amount = expected_amount + 0.01 where charge_key = 'licence.cx2.prepay'",
    "vendor.every_line_of_the_vendor_is_placed_once": "delete from marts.vendor_invoice_lines "
    "where charge_key = 'telco.outbound'",
    "vendor.amounts_of_the_vendor_are_all_compared": "update marts.vendor_invoice_lines "
    "set amount = amount + 0.000001 where charge_key = 'telco.outbound'",
    "vendor.a_variance_is_the_vendors_less_ours": "update marts.reconciliation "
    "set amount_variance = 0 where charge_key = 'unmapped.courtesy_of_the_house'",
}

_HARM_TO_HORA = {
    "licences.hours_are_rounded_up_once": "update marts.licence_usage set actual = actual + 1 "
    "where org = 'hora'",
    "invoicing.amounts_have_the_currencys_decimals": "update marts.invoice_lines "
    "set amount = amount + 0.5 where org = 'hora'",
}

_HARM_TO_NOVI = {
    "commitments.a_free_ramp_bills_no_licence": "update marts.invoice_lines "
    "set charge_code = 'licence.cx1.on_demand' "
    "where org = 'novi' and charge_code = 'add_on.wem.on_demand'",
}


def _cases() -> list[tuple[str, str, str]]:
    return [
        (invariant, org, harm)
        for org, harms in (("acme", _HARM), ("hora", _HARM_TO_HORA), ("novi", _HARM_TO_NOVI))
        for invariant, harm in harms.items()
    ]


def test_every_declared_invariant_is_seen_red_below(register: dict[str, str]) -> None:
    assert {invariant for invariant, _, _ in _cases()} == set(register)


@pytest.mark.slow
def test_reconciliation_computes_exactly_the_declared_invariants(
    small_warehouse: duckdb.DuckDBPyConnection, register: dict[str, str]
) -> None:
    rows = small_warehouse.execute(
        "select family, invariant_id, count(*) from reconciliation.invariants group by all"
    ).fetchall()
    assert {invariant for _, invariant, _ in rows} == set(register)
    assert {family for family, _, _ in rows} == set(FAMILIES)
    # acme's order month, its two periods, one of each other: one row each, for every invariant
    assert {count for _, _, count in rows} == {5}


@pytest.mark.slow
def test_every_invariant_holds_and_none_of_them_in_vain(
    small_warehouse: duckdb.DuckDBPyConnection, reconcile: Reconcile
) -> None:
    assert reconcile(small_warehouse) == set()
    vain = small_warehouse.execute(
        "select invariant_id from reconciliation.invariants group by all having max(expected) = 0"
    ).fetchall()
    assert vain == []


@pytest.mark.slow
@pytest.mark.parametrize(("invariant", "org", "harm"), _cases(), ids=lambda value: str(value)[:60])
def test_the_invariant_notices_the_harm(
    invariant: str,
    org: str,
    harm: str,
    small_warehouse: duckdb.DuckDBPyConnection,
    reconcile: Reconcile,
) -> None:
    small_warehouse.execute(harm)
    assert reconcile(small_warehouse, invariant) == {(invariant, org)}


@pytest.mark.slow
def test_a_call_of_a_day_that_is_not_counted_again_shows(
    small_warehouse: duckdb.DuckDBPyConnection, reconcile: Reconcile
) -> None:
    """What was counted of a day is kept: a row that came since, without a new file, is noticed."""
    small_warehouse.execute(
        "insert into genesys.landed_calls by name select * replace ('sip-late' as sip_call_id) "
        "from genesys.landed_calls where sip_call_id = 'sip-7'"
    )
    kept = {"reconciliation_daily_calls", "reconciliation_daily_landed"}
    invariant = "conservation.calls_are_rated_once"
    assert reconcile(small_warehouse, invariant, kept) == {(invariant, "acme")}


@pytest.mark.slow
@pytest.mark.parametrize("harmed", ["acme", "hora", "novi"])
def test_one_organizations_harm_is_no_others(
    harmed: str, small_warehouse: duckdb.DuckDBPyConnection, reconcile: Reconcile
) -> None:
    for _, org, harm in _cases():
        if org == harmed:
            small_warehouse.execute(harm)
    assert {org for _, org in reconcile(small_warehouse)} == {harmed}
