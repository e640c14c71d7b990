"""PAY-2 for any invoices of a customer, beside an account of it in plain Python (hypothesis)."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.in_memory import billing
from tests.in_memory.project import project

EXAMPLES = int(os.environ.get("LAWS_EXAMPLES", "40"))
INVOICE_LIMIT, MONTH_LIMIT = Decimal(25_000), Decimal(100_000)
MODEL = "int_invoicing__payment_methods"

# sums that meet the limits exactly, and miss them by a cent
_totals = st.sampled_from(
    [
        None,
        *(Decimal(t) for t in ("25000", "25000", "25000", "20000", "5000", "12500")),
        *(Decimal(t) for t in ("25000.01", "24999.99", "0.01", "0", "-10", "31000")),
    ]
)
_invoices = st.lists(
    st.tuples(
        st.sampled_from(("us-1", "us-2", "ca-1", "de-1")),
        st.dates(date(2026, 3, 28), date(2026, 4, 12)),
        _totals,
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda invoice: invoice[:2],
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The catalogue, and room for invoices."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(billing.DDL.read_text())
    project().seed(connection)
    connection.execute("create schema intermediate")
    connection.execute(
        "create table intermediate.int_invoicing__invoices (org varchar, invoice_month date, "
        "invoice_id varchar, customer varchar, country varchar, invoice_date date, "
        "total decimal(18, 2), currency varchar)"
    )
    yield connection
    connection.close()


@settings(
    deadline=None,
    derandomize=True,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(invoices=_invoices)
@example(invoices=[("us-1", date(2026, 4, day), Decimal(25_000)) for day in range(1, 6)])
@example(invoices=[("us-2", date(2026, 4, day), Decimal("24999.99")) for day in range(1, 6)])
def test_a_card_is_offered_in_turn_up_to_both_limits(
    con: duckdb.DuckDBPyConnection, invoices: list[tuple[str, date, Decimal | None]]
) -> None:
    """PAY-2: 25,000 an invoice, 100,000 a customer and month, by date and id; both inclusive."""
    con.execute("delete from intermediate.int_invoicing__invoices")
    con.executemany(
        "insert into intermediate.int_invoicing__invoices by name select $1 as org, "
        "date_trunc('month', $2::date) as invoice_month, $3 as invoice_id, $4 as customer, "
        "$5 as country, $2::date as invoice_date, $6::decimal(18, 2) as total",
        [
            [org, day, f"{org}-order-{day}", org[:2], org[:2].upper(), total]
            for org, day, total in invoices
        ],
    )
    project().build(con, [MODEL], given=["int_invoicing__invoices"])
    found = dict(
        con.execute(f"select invoice_id, payment_methods from intermediate.{MODEL}").fetchall()
    )
    offered: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for org, day, total in sorted(invoices, key=lambda i: (i[1], f"{i[0]}-order-{i[1]}")):
        month = (org[:2], day.replace(day=1))
        is_online = org[:2] in ("us", "ca")
        is_card = (
            is_online
            and total is not None
            and total <= INVOICE_LIMIT
            and offered[month] + total <= MONTH_LIMIT
        )
        if is_card and total is not None:
            offered[month] += total
        online = ["online_ach"] * is_online + ["card"] * is_card
        assert found[f"{org}-order-{day}"] == ["ach", "wire", "check", *online], (org, day, total)
