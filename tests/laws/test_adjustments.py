"""INV-3 for random organizations: issued and adjusted is what is computed, then it is settled."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.in_memory import billing
from tests.laws.organization import MONTHS, SEED, sample
from tests.reference import generator

if TYPE_CHECKING:
    import duckdb

AS_OF = date(2028, 1, 1)
MARTS = ("invoices", "invoice_parties", "invoice_lines", "computed_lines", "line_evidence")

_ISSUE = """
insert into ops.issued_invoices by name
select
    invoices.* exclude (invoice_number, estimate_through, status, hold_reasons),
    parties.* exclude (invoice_id, org, invoice_month),
    invoices.org || '-' || invoices.invoice_id as invoice_number,
    1 as number_in_org,
    timestamp '2028-01-01 00:00:00' as issued_at,
    date '2028-01-01' as as_of,
    false as is_new,
    'rules' as rules_sha256,
    'catalogue' as catalogue_sha256,
    invoices.invoice_id as settled_by,
    false as is_frozen
from marts.invoices as invoices
inner join marts.invoice_parties as parties using (invoice_id)
where
    invoices.status in ('draft', 'held')
    and invoices.total is not null
    and {which}
    and invoices.invoice_id not in (select invoice_id from ops.issued_invoices);
insert into ops.issued_lines by name
select lines.* from marts.invoice_lines as lines
where
    lines.invoice_id in (select invoice_id from ops.issued_invoices)
    and lines.invoice_id not in (select invoice_id from ops.issued_lines);
"""

_CHANGES = (
    "update contracts.licences set on_demand_rate = on_demand_rate + 1",
    "update contracts.taxes set rate = rate * 2",
    "delete from genesys.billable_usage where line_number % 5 = 0",
    "update genesys.resources_usage set quantity = quantity * 3",
    "update contracts.numbers set recurring_rate = recurring_rate + 0.5",
    "delete from contracts.devices where position = 1",
)

_BALANCE = """
with computed as (
    select org, currency, coalesce(sum(amount), 0) as amount
    from marts.computed_lines
    where invoice_id in (select invoice_id from ops.issued_invoices)
    group by org, currency
),
billed as (
    select org, currency, coalesce(sum(amount), 0) as amount
    from (
        select org, currency, amount from ops.issued_lines
        union all
        select org, currency, amount from marts.invoice_lines
        where
            adjusted_invoice_id is not null
            and invoice_id not in (select invoice_id from ops.issued_invoices)
    ) as lines
    group by org, currency
)
select org, computed.amount, billed.amount
from computed full join billed using (org, currency)
where coalesce(computed.amount, 0) <> coalesce(billed.amount, 0)
"""
_ADJUSTMENTS = (
    "select count(*) from marts.invoice_lines where adjusted_invoice_id is not null "
    "and invoice_id not in (select invoice_id from ops.issued_invoices)"
)
_SHOWN = (
    "(from ops.issued_lines except all from marts.invoice_lines) "
    "union all (from marts.invoice_lines semi join ops.issued_invoices using (invoice_id) "
    "except all from ops.issued_lines)"
)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Random organizations, of which the invoices of the first month and all orders are issued."""
    data: Path = tmp_path_factory.mktemp("adjustments")
    (data / "contracts").mkdir()
    generator.write_rates(data, SEED)
    generator.write_catalogue(data)
    for organization in sample()[::4]:
        organization.write(data)
    con = billing.load(data)
    billing.bill(con, [*MONTHS, _after(MONTHS[-1])], AS_OF, MARTS)
    _issue(con, f"invoices.invoice_month <= date '{MONTHS[0]}'")
    return con


def _after(month: date) -> date:
    return (month.replace(day=28) + (date(1, 1, 5) - date(1, 1, 1))).replace(day=1)


def _issue(con: duckdb.DuckDBPyConnection, which: str) -> None:
    con.execute(_ISSUE.format(which=which))


def _ask(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return con.execute(query).fetchall()


def test_issued_with_all_adjustments_is_what_is_computed_and_then_it_is_settled(
    issued: duckdb.DuckDBPyConnection,
) -> None:
    months = [*MONTHS, _after(MONTHS[-1])]
    billing.bill(issued, months, AS_OF, MARTS)
    assert _ask(issued, _ADJUSTMENTS) == [(0,)]
    for change in _CHANGES:
        issued.execute(change)
    for month in months[1:]:
        billing.bill(issued, months, AS_OF, MARTS)
        assert _ask(issued, _SHOWN) == []
        assert _ask(issued, _BALANCE) == []
        ((adjustments,),) = _ask(issued, _ADJUSTMENTS)
        assert isinstance(adjustments, int)
        assert adjustments > 20 if month == months[1] else adjustments == 0
        _issue(issued, f"invoices.invoice_month <= date '{month}'")
