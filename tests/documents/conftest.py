"""A small published warehouse, filled by hand: one invoice of each kind that documents show."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

_SCHEMA = """
create schema marts;
create schema ops;
create table marts.invoices (
    invoice_id varchar, invoice_number varchar, org varchar, customer varchar,
    invoice_kind varchar,
    estimate_through date, invoice_month date, invoice_date date, due_date date,
    period_start date, period_end date, currency varchar,
    subtotal decimal(18, 2), tax decimal(18, 2), total decimal(18, 2),
    status varchar, hold_reasons varchar[], payment_methods varchar[]
);
create table marts.invoice_parties (
    invoice_id varchar, minor_units integer, organization_name varchar, country varchar,
    channel varchar, bill_to_name varchar, bill_to_address varchar[], bill_to_email varchar,
    contract_number varchar, purchase_order varchar, payment_terms_days integer,
    payment_link varchar, statement_recipients varchar[], billing_region varchar,
    billing_contact_name varchar, billing_contact_email varchar, billing_contact_phone varchar
);
create table marts.invoice_lines (
    invoice_id varchar, line_id varchar, line_number bigint, org varchar, section varchar,
    charge_code varchar, description varchar, service_start date, service_end date,
    quantity decimal(18, 6), unit varchar, rate decimal(18, 6), amount decimal(18, 2),
    currency varchar, rule_id varchar
);
create view marts.invoice_sections as
select
    invoice_id, section, min(line_number) as first_line_number, count(*) as line_count,
    sum(amount)::decimal(18, 2) as subtotal
from marts.invoice_lines
group by invoice_id, section;
create table ops.check_results (
    check_name varchar, org varchar, period_start date, severity varchar, passed boolean,
    detail varchar, run_id varchar
);
"""

_START, _END = date(2026, 9, 15), date(2026, 10, 14)

_PARTIES: dict[str, dict[str, Any]] = {
    "USD": {
        "minor_units": 2,
        "organization_name": "Harrow & Finch Mutual",
        "country": "US",
        "channel": "direct",
        "bill_to_name": "Harrow & Finch Mutual Insurance, Inc.",
        "bill_to_address": ["1400 Prairie Lantern Avenue, Suite 900", "Springfield, IL 62701"],
        "bill_to_email": "accounts.payable@harrowfinch.example",
        "contract_number": "C-20417",
        "purchase_order": "PO-88213",
        "payment_terms_days": 30,
        "payment_link": "https://pay.example/harrow-finch-2026-10",
        "statement_recipients": ["accounts.payable@harrowfinch.example"],
        "billing_region": "NA",
        "billing_contact_name": "Billing North America",
        "billing_contact_email": "billing.na@vendor.example",
        "billing_contact_phone": "+1 317 555 0100",
    },
    "EUR": {
        "minor_units": 2,
        "organization_name": "Lindenhof Markt",
        "country": "DE",
        "channel": "direct",
        "bill_to_name": "Lindenhof Markt GmbH",
        "bill_to_address": ["Lindenhofallee 12", "50667 Köln", "Deutschland"],
        "bill_to_email": "rechnung@lindenhof-markt.example",
        "contract_number": "C-30955",
        "purchase_order": "4500118724",
        "payment_terms_days": 14,
        "payment_link": None,
        "statement_recipients": [],
        "billing_region": "EMEA",
        "billing_contact_name": "Billing EMEA",
        "billing_contact_email": "billing.emea@vendor.example",
        "billing_contact_phone": None,
    },
    "JPY": {
        "minor_units": 0,
        "organization_name": "Hoshimori Travel",
        "country": "JP",
        "channel": "partner",
        "bill_to_name": "Hoshimori Travel KK",
        "bill_to_address": ["4-2-8 Hoshimori", "Minato-ku, Tokyo 105-0000"],
        "bill_to_email": None,
        "contract_number": None,
        "purchase_order": None,
        "payment_terms_days": 60,
        "payment_link": None,
        "statement_recipients": [],
        "billing_region": "APAC",
        "billing_contact_name": "Billing APAC",
        "billing_contact_email": "billing.apac@vendor.example",
        "billing_contact_phone": None,
    },
}

# A line a row: section | charge code | description | quantity | unit | rate | amount, and `next` if
# it is served in the following period. An empty rate or amount is null.
_US_LINES = """
core | licence.cx2.prepay | Genesys Cloud CX 2 User - Prepay | 60 | users | 92.50 | 5550.00 | next
core | licence.cx2.on_demand | Genesys Cloud CX 2 User | 5 | users | 115 | 575.00
core | licence.cx3.prepay | Genesys Cloud CX 3 User - Prepay | 25 | users | 130 | 3250.00 | next
core | add_on.wem.on_demand | WEM Add-On I | 22 | users | 30 | 660.00
core | recurring.premier_care | Premier care | 1 | | 450 | 450.00
core | recurring.service_credit | Service credit, outage | 1 | | -275.5 | -275.50
resources | resource.ivr_minutes | IVR minutes | 35410.5 | minutes | 0.0075 | 265.58
devices | device.polycom_vvx_350 | Polycom VVX 350 | 26 | devices | 5 | 130.00
telco | telco.outbound.domestic | Outbound calling, domestic | 1059.5 | minutes | | 12.61
telco | telco.outbound.international | Outbound calling, international | 127.9 | minutes | | 3.10
telco | telco.short_calls | Short-duration call surcharge | 118 | calls | 0.012 | 1.42
telco | telco.number_recurring.did | Local numbers, monthly | 58 | numbers | 1 | 58.00
taxes | fee.regulatory_recovery_fee | Regulatory recovery fee | 1282 | calls | 0.0025 | 3.21
taxes | tax.illinois_sales_tax | Illinois sales tax | 10605.08 | currency | 0.0625 | 662.82
"""
_ESTIMATE_LINES = "\n".join(_US_LINES.strip().splitlines()[1:8])
_CREDIT_LINES = _US_LINES.strip().splitlines()[5]
_YEN_LINES = """
core | licence.cx2.committed | Genesys Cloud CX 2 Hourly, committed | 4000 | hours | 165 | 660000
core | licence.cx2.on_demand | Genesys Cloud CX 2 Hourly | 1639 | hours | 180 | 295020
resources | resource.sms_segments | SMS segments | 2870 | segments | |
telco | telco.outbound.domestic | Outbound calling, domestic | 254.7 | minutes | | 662
taxes | tax.consumption_tax_10 | Consumption tax 10 % | 955682 | | 0.1 | 95568
"""
_USAGE_LINES = """
core | licence.cx2.on_demand | Genesys Cloud CX 2 User | 41 | users | |
telco | telco.inbound.domestic | Inbound calling service, domestic | 1831.1 | minutes | |
"""
_LONG_SECTIONS = ("core", "appfoundry", "devices")
_LONG_LINES = "\n".join(
    f"{_LONG_SECTIONS[place // 100]} | recurring.item_{place} | Item {place} of a long subscription"
    + (" with a name that needs a second line of its own" if place % 9 == 0 else "")
    + f" | {place + 1} | users | 1.25 | {Decimal('1.25') * (place + 1)}"
    for place in range(300)
)

US, EURO_HELD, YEN, ESTIMATE, USAGE, LONG, CREDIT = (
    "harrow-finch-2026-10",
    "lindenhof-markt-2026-10",
    "hoshimori-travel-2026-10",
    "harrow-finch-2026-11",
    "kestrel-partner-2026-10",
    "kestrel-long-2026-10",
    "lindenhof-markt-correction-2026-12",
)


@pytest.fixture
def warehouse(published: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the published file, to be changed at will."""
    copy = tmp_path / "cxledger.duckdb"
    shutil.copy(published, copy)
    con = duckdb.connect(copy)
    yield con
    con.close()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Marts with seven invoices; nothing here is computed by the ledger."""
    path = tmp_path_factory.mktemp("published") / "cxledger.duckdb"
    con = duckdb.connect(path)
    con.execute(_SCHEMA)
    methods = ["ach", "wire", "check", "online_ach", "card"]
    _add(con, US, "USD", _US_LINES, "draft", methods=methods, tax="666.03")
    _add(con, EURO_HELD, "EUR", _US_LINES, "held", hold_reasons=["rejected_rows", "unrated_calls"])
    _add(con, YEN, "JPY", _YEN_LINES, "draft", tax="95568")
    _add(con, ESTIMATE, "USD", _ESTIMATE_LINES, "draft", estimate_through=date(2026, 10, 14))
    _add(con, USAGE, "USD", _USAGE_LINES, "usage_only")
    _add(con, LONG, "EUR", _LONG_LINES, "issued")
    _add(con, CREDIT, "EUR", _CREDIT_LINES, "draft", kind="correction")
    con.executemany(
        "insert into ops.check_results values (?, 'lindenhof-markt', ?, 'error', ?, ?, 'run')",
        [
            (
                "rejected_rows",
                date(2026, 9, 15),
                False,
                "3 rows of landing/lindenhof-markt/voice_usage/voice_usage_2026-10.csv were "
                "rejected (first: line 851, unterminated quote). Replace the file, or run: "
                "cxledger accept 3f9a41c2d07be855 --reason …",
            ),
            ("unrated_calls", date(2026, 9, 15), False, "12 calls to +87… have no rate."),
            ("unrated_calls", date(2026, 9, 15), True, "a check that passed is not shown"),
        ],
    )
    con.close()
    return path


def _add(
    con: duckdb.DuckDBPyConnection,
    invoice_id: str,
    currency: str,
    lines: str,
    status: str,
    *,
    kind: str = "period",
    methods: list[str] | None = None,
    hold_reasons: list[str] | None = None,
    estimate_through: date | None = None,
    tax: str = "0",
) -> None:
    party = _PARTIES[currency]
    invoice_date = _END + timedelta(days=1)
    rows = [_line(text) for text in lines.strip().splitlines()]
    amounts = [Decimal(row["amount"]) for row in rows if row["amount"] is not None]
    total = sum(amounts) if amounts else None
    shared = {
        "invoice_id": invoice_id,
        "org": invoice_id.rsplit("-2026", 1)[0].removesuffix("-correction"),
        "currency": currency,
    }
    _insert(
        con,
        "marts.invoices",
        shared
        | {
            "invoice_number": f"{shared['org']}-000001" if status == "issued" else None,
            "customer": shared["org"],
            "invoice_kind": kind,
            "estimate_through": estimate_through,
            "invoice_month": _END.replace(day=1),
            "invoice_date": invoice_date,
            "due_date": invoice_date + timedelta(days=party["payment_terms_days"]),
            "period_start": _START,
            "period_end": _END,
            "subtotal": None if total is None else total - Decimal(tax),
            "tax": None if total is None else tax,
            "total": total,
            "status": status,
            "hold_reasons": hold_reasons or [],
            "payment_methods": methods or ["ach", "wire", "check"],
        },
    )
    _insert(con, "marts.invoice_parties", {"invoice_id": invoice_id} | party)
    for number, row in enumerate(rows, start=1):
        line_id = f"{invoice_id}:{row['charge_code']}"
        _insert(
            con, "marts.invoice_lines", shared | {"line_id": line_id, "line_number": number} | row
        )


def _line(text: str) -> dict[str, Any]:
    cells = [cell.strip() or None for cell in text.split("|")]
    is_ahead = cells[-1] == "next"
    names = ("section", "charge_code", "description", "quantity", "unit", "rate", "amount")
    return dict(zip(names, cells, strict=False)) | {
        "service_start": date(2026, 10, 15) if is_ahead else _START,
        "service_end": date(2026, 11, 14) if is_ahead else _END,
        "rule_id": "INV-2",
    }


def _insert(con: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    con.execute(
        f"insert into {table} ({', '.join(row)}) values ({', '.join('?' * len(row))})",
        list(row.values()),
    )
