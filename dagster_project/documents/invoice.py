"""One invoice as the published warehouse has it: header, parties, sections, lines, holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

Row = dict[str, Any]

_INVOICES = """
    select
        invoices.invoice_id,
        invoices.invoice_number,
        invoices.org,
        invoices.customer,
        invoices.invoice_kind,
        invoices.status,
        invoices.estimate_through,
        invoices.invoice_month,
        invoices.invoice_date,
        invoices.due_date,
        invoices.period_start,
        invoices.period_end,
        invoices.currency,
        invoices.subtotal,
        invoices.tax,
        invoices.total,
        invoices.hold_reasons,
        invoices.payment_methods,
        parties.minor_units,
        parties.organization_name,
        parties.country,
        parties.channel,
        parties.bill_to_name,
        parties.bill_to_address,
        parties.bill_to_email,
        parties.contract_number,
        parties.purchase_order,
        parties.payment_terms_days,
        parties.payment_link,
        parties.statement_recipients,
        parties.billing_region,
        parties.billing_contact_name,
        parties.billing_contact_email,
        parties.billing_contact_phone
    from marts.invoices as invoices
    inner join marts.invoice_parties as parties
        on invoices.invoice_id = parties.invoice_id
    where invoices.invoice_id in (select unnest($invoice_ids))
    order by invoices.org, invoices.invoice_date, invoices.invoice_id
"""

_LINES = """
    select
        invoice_id,
        line_number,
        line_id,
        section,
        charge_code,
        description,
        service_start,
        service_end,
        quantity,
        unit,
        rate,
        amount,
        rule_id
    from marts.invoice_lines
    where invoice_id in (select unnest($invoice_ids))
    order by invoice_id, line_number
"""

_SECTIONS = """
    select
        invoice_id,
        section,
        line_count,
        subtotal
    from marts.invoice_sections
    where invoice_id in (select unnest($invoice_ids))
    order by invoice_id, first_line_number
"""

_HOLDS = """
    select distinct
        invoices.invoice_id,
        results.check_name,
        results.detail
    from marts.invoices as invoices
    inner join ops.check_results as results
        on
            invoices.org = results.org
            and invoices.period_start = results.period_start
            and list_contains(invoices.hold_reasons, results.check_name)
    where
        not results.passed
        and invoices.invoice_kind <> 'order'
        and invoices.invoice_id in (select unnest($invoice_ids))
    order by invoices.invoice_id, results.check_name, results.detail
"""


@dataclass(frozen=True)
class Invoice:
    """One invoice with everything its documents show.

    Attributes:
        header: the invoice's and its parties' columns, as DuckDB has them.
        lines: in line order.
        sections: in the order of their first lines (INV-1): section, line_count, subtotal.
        hold_details: check_name → sentences that say what, where and what to do.
    """

    header: Row
    lines: list[Row]
    sections: list[Row]
    hold_details: dict[str, list[str]]

    @property
    def invoice_id(self) -> str:
        """Its id, unique over all organizations."""
        return str(self.header["invoice_id"])

    @property
    def org(self) -> str:
        """The organization's slug."""
        return str(self.header["org"])


def all_invoice_ids(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The ids of every invoice in the warehouse."""
    rows = con.execute("select invoice_id from marts.invoices order by org, invoice_id").fetchall()
    return [invoice_id for (invoice_id,) in rows]


def read_invoices(con: duckdb.DuckDBPyConnection, invoice_ids: Sequence[str]) -> Iterator[Invoice]:
    """Read invoices, all at once. Ids that do not exist yield nothing."""
    lines = _by_invoice(_rows(con, _LINES, invoice_ids))
    sections = _by_invoice(_rows(con, _SECTIONS, invoice_ids))
    holds = _by_invoice(_rows(con, _HOLDS, invoice_ids))
    for header in _rows(con, _INVOICES, invoice_ids):
        invoice_id = header["invoice_id"]
        details: dict[str, list[str]] = defaultdict(list)
        for hold in holds[invoice_id]:
            details[hold["check_name"]].append(hold["detail"])
        yield Invoice(header, lines[invoice_id], sections[invoice_id], dict(details))


def _rows(con: duckdb.DuckDBPyConnection, query: str, invoice_ids: Sequence[str]) -> list[Row]:
    result = con.execute(query, {"invoice_ids": list(invoice_ids)})
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _by_invoice(rows: list[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.pop("invoice_id")].append(row)
    return grouped
