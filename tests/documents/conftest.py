"""A small published warehouse, filled by hand, with one invoice of each kind that documents must show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

_SCHEMA = """
create schema marts;
create schema ops;
create table marts.invoices (
    invoice_id varchar, org varchar, customer varchar, invoice_kind varchar,
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

# section, charge code, description, quantity, unit, rate, amount, served in the next period
_Line = tuple[str, str, str, str | None, str, str | None, str | None, bool]

_US_LINES: list[_Line] = [
    ("core", "licence.cx2.prepay", "Genesys Cloud CX 2 User – Prepay", "60", "users", "92.50", "5550.00", True),
    ("core", "licence.cx2.on_demand", "Genesys Cloud CX 2 User", "5", "users", "115", "575.00", False),
    ("core", "licence.cx3.prepay", "Genesys Cloud CX 3 User – Prepay", "25", "users", "130", "3250.00", True),
    ("core", "add_on.wem.on_demand", "WEM Add-On I", "22", "users", "30", "660.00", False),
    ("core", "recurring.premier_care", "Premier care", "1", "", "450", "450.00", False),
    ("core", "recurring.service_credit", "Service credit, outage of 14 September", "1", "", "-275.5", "-275.50", False),
    ("resources", "resource.ivr_minutes", "IVR minutes over the allowance", "35410.5", "minutes", "0.0075", "265.58", False),
    ("devices", "device.polycom_vvx_350", "Polycom VVX 350", "26", "devices", "5", "130.00", False),
    ("telco", "telco.outbound.domestic", "Outbound calling service – Domestic", "1059.5", "minutes", None, "12.61", False),
    ("telco", "telco.outbound.international", "Outbound calling service – International", "127.9", "minutes", None, "3.10", False),
    ("telco", "telco.short_calls", "Short-duration call surcharge", "118", "calls", "0.012", "1.42", False),
    ("telco", "telco.number_recurring.did", "Local numbers, monthly", "58", "numbers", "1", "58.00", False),
    ("taxes", "fee.regulatory_recovery_fee", "Regulatory recovery fee", "1282", "calls", "0.0025", "3.21", False),
    ("taxes", "tax.illinois_sales_tax", "Illinois sales tax", "10605.08", "", "0.0625", "662.82", False),
]
_YEN_LINES: list[_Line] = [
    ("core", "licence.cx2.committed", "Genesys Cloud CX 2 Hourly, committed", "4000", "hours", "165", "660000", False),
    ("core", "licence.cx2.on_demand", "Genesys Cloud CX 2 Hourly", "1639", "hours", "180", "295020", False),
    ("resources", "resource.sms_segments", "SMS segments", "2870", "segments", None, None, False),
    ("telco", "telco.outbound.domestic", "Outbound calling service – Domestic", "254.7", "minutes", None, "662", False),
    ("taxes", "tax.consumption_tax_10", "Consumption tax 10 %", "955682", "", "0.1", "95568", False),
]
_USAGE_LINES: list[_Line] = [
    ("core", "licence.cx2.on_demand", "Genesys Cloud CX 2 User", "41", "users", None, None, False),
    ("telco", "telco.inbound.domestic", "Inbound calling service – Domestic", "1831.1", "minutes", None, None, False),
]
LONG_LINES: list[_Line] = [
    (
        ("core", "appfoundry", "devices")[place // 100],
        f"recurring.item_{place}",
        f"Item {place} of a long subscription" + (" with a name that needs a second line of its own" if place % 9 == 0 else ""),
        str(place + 1),
        "users",
        "1.25",
        str(Decimal("1.25") * (place + 1)),
        False,
    )
    for place in range(300)
]

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
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """marts with seven invoices; nothing here is computed by the ledger."""
    con = duckdb.connect()
    con.execute(_SCHEMA)
    methods = ["ach", "wire", "check", "online_ach", "card"]
    _add(con, US, "USD", _US_LINES, "draft", methods=methods, tax="666.03")
    _add(con, EURO_HELD, "EUR", _US_LINES, "held", hold_reasons=["rejected_rows", "unrated_calls"])
    _add(con, YEN, "JPY", _YEN_LINES, "draft", tax="95568")
    _add(con, ESTIMATE, "USD", _US_LINES[1:8], "draft", estimate_through=date(2026, 10, 14))
    _add(con, USAGE, "USD", _USAGE_LINES, "usage_only")
    _add(con, LONG, "EUR", LONG_LINES, "issued")
    _add(con, CREDIT, "EUR", [_US_LINES[5]], "draft", kind="correction")
    con.executemany(
        "insert into ops.check_results values (?, 'lindenhof-markt', ?, 'error', ?, ?, 'run')",
        [
            (
                "rejected_rows",
                date(2026, 9, 15),
                False,
                "3 rows of landing/lindenhof-markt/voice_usage/voice_usage_2026-10.csv were rejected "
                "(first: line 851, unterminated quote). Replace the file, or run: cxledger accept "
                "3f9a41c2d07be855 --reason …",
            ),
            ("unrated_calls", date(2026, 9, 15), False, "12 calls to +87… have no rate."),
            ("unrated_calls", date(2026, 9, 15), True, "a check that passed is not shown"),
        ],
    )
    yield con
    con.close()


def _add(
    con: duckdb.DuckDBPyConnection,
    invoice_id: str,
    currency: str,
    lines: list[_Line],
    status: str,
    *,
    kind: str = "period",
    methods: list[str] | None = None,
    hold_reasons: list[str] | None = None,
    estimate_through: date | None = None,
    tax: str = "0",
) -> None:
    org = invoice_id.rsplit("-2026", 1)[0].removesuffix("-correction")
    party = _PARTIES[currency]
    start, end = date(2026, 9, 15), date(2026, 10, 14)
    invoice_date = end + timedelta(days=1)
    amounts = [Decimal(line[6]) for line in lines if line[6] is not None]
    total = sum(amounts) if amounts else None
    con.execute(
        f"insert into marts.invoices values ({', '.join('?' * 17)})",
        [
            invoice_id, org, org, kind, estimate_through, date(2026, 10, 1), invoice_date,
            invoice_date + timedelta(days=party["payment_terms_days"]), start, end, currency,
            None if total is None else total - Decimal(tax), None if total is None else tax, total,
            status, hold_reasons or [], methods or ["ach", "wire", "check"],
        ],
    )
    con.execute(
        f"insert into marts.invoice_parties values ({', '.join('?' * 17)})",
        [invoice_id, *party.values()],
    )
    con.executemany(
        f"insert into marts.invoice_lines values ({', '.join('?' * 15)})",
        [
            [
                invoice_id, f"{invoice_id}:{charge_code}", number, org, section, charge_code,
                description,
                date(2026, 10, 15) if is_ahead else start,
                date(2026, 11, 14) if is_ahead else end,
                quantity, unit or None, rate, amount, currency, "INV-2",
            ]
            for number, (
                section, charge_code, description, quantity, unit, rate, amount, is_ahead,
            ) in enumerate(lines, start=1)
        ],
    )
