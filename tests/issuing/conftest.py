"""A working file as a run leaves it before issuing, filled by hand: drafts of two organizations."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.books import append_to_book
from dagster_project.issuing import issue_drafts, refresh_issued
from dagster_project.settings import Settings
from dagster_project.warehouse import work

RUN = "run-1"
CONTRACT = b"org: acme\n"
RATES = b"rate_sheet,rate_per_minute\n"

_MARTS = """
create schema if not exists marts;
create schema if not exists intermediate;
create table marts.invoices (
    invoice_id varchar, invoice_number varchar, org varchar, customer varchar,
    invoice_kind varchar, estimate_through date, invoice_month date, invoice_date date,
    due_date date, period_start date, period_end date, contract_version integer,
    currency varchar, subtotal decimal(18, 2), tax decimal(18, 2), total decimal(18, 2),
    status varchar, hold_reasons varchar[], payment_methods varchar[]
);
create table marts.invoice_parties as
select
    invoice_id, org, invoice_month, minor_units, organization_name, country, channel,
    bill_to_name, bill_to_address, bill_to_email, contract_number, purchase_order,
    payment_terms_days, payment_link, statement_recipients, billing_region,
    billing_contact_name, billing_contact_email, billing_contact_phone
from ops.issued_invoices;
create table marts.invoice_lines as from ops.issued_lines;
create table intermediate.int_invoicing__carriers (invoice_id varchar, carrier_id varchar);
create table intermediate.int_periods__scope_months (org varchar, invoice_month date);
"""


@dataclass(frozen=True)
class Drafts:
    """Drafts in a working file, ready to be issued."""

    settings: Settings

    def add(
        self,
        org: str,
        month: str,
        *,
        kind: str = "period",
        status: str = "draft",
        invoice_date: str = "",
        invoice_id: str = "",
        estimate_through: str | None = None,
        amounts: tuple[str, ...] = ("10.00", "0.70"),
    ) -> str:
        """Adds a draft with one line an amount; the last is its tax. Returns its id."""
        first_day = date.fromisoformat(f"{month}-01")
        next_month = (first_day.replace(day=28) + (date(1, 1, 5) - date(1, 1, 1))).replace(day=1)
        invoice_id = invoice_id or f"{org}-{month}"
        dated = invoice_date or next_month.isoformat()
        row: dict[str, Any] = {
            "invoice_id": invoice_id,
            "org": org,
            "customer": org,
            "invoice_kind": kind,
            "estimate_through": estimate_through,
            "invoice_month": first_day,
            "invoice_date": dated,
            "due_date": dated,
            "period_start": first_day,
            "period_end": dated,
            "contract_version": 0,
            "currency": "USD",
            "status": status,
            "hold_reasons": ["unrated_calls"] if status == "held" else [],
            "payment_methods": ["ach", "wire", "check"],
        }
        with work(self.settings) as con:
            _insert(con, "marts.invoices", row)
            con.execute(
                "update marts.invoices set subtotal = 10, tax = 0.7, total = 10.7 "
                "where invoice_id = ? and status <> 'usage_only'",
                [invoice_id],
            )
            _insert(
                con,
                "marts.invoice_parties",
                {
                    "invoice_id": invoice_id,
                    "org": org,
                    "invoice_month": first_day,
                    "minor_units": 2,
                    "organization_name": f"{org} “Ltd”\n",
                    "channel": "direct",
                    "payment_terms_days": 30,
                    "bill_to_address": ["1 Main St", "Köln"],
                },
            )
            for number, amount in enumerate(amounts, start=1):
                _insert(
                    con,
                    "marts.invoice_lines",
                    {
                        "invoice_id": invoice_id,
                        "line_id": f"{invoice_id}:c{number}",
                        "line_number": number,
                        "org": org,
                        "invoice_month": first_day,
                        "section": "core",
                        "charge_code": f"c{number}",
                        "service_start": first_day,
                        "service_end": first_day,
                        "quantity": "1.500000",
                        "amount": None if status == "usage_only" else amount,
                        "currency": "USD",
                        "rule_id": "CON-1",
                    },
                )
        return invoice_id

    def ask(
        self, *months: str, orgs: tuple[str, ...] = ("acme",), as_of: str = "2026-11-22"
    ) -> None:
        """Makes the request of the run in progress."""
        with work(self.settings) as con:
            con.execute("delete from ops.run")
            con.execute("delete from ops.run_requests")
            con.execute(
                "insert into ops.run values (?, '2026-11-22', now()::timestamp, true)", [RUN]
            )
            for month in months:
                for org in orgs:
                    con.execute("insert into ops.run_requests values (?, ?)", [org, f"{month}-01"])

    def issue(self) -> list[str]:
        """Issues in this process."""
        with work(self.settings) as con:
            return issue_drafts(self.settings, con, RUN)

    def shown(self) -> list[tuple[str, str, str | None]]:
        """Id, status and number of every invoice that the working file shows."""
        with work(self.settings) as con:
            refresh_issued(self.settings, con)
            return con.execute(
                "select invoice_id, status, invoice_number from marts.invoices order by invoice_id"
            ).fetchall()


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    """Two organizations with a contract each, a rate sheet, a landed file, and no draft yet."""
    return make_drafts(tmp_path / "data")


@pytest.fixture
def new_drafts(tmp_path: Path) -> Callable[[str], Drafts]:
    """Makes as many such data directories as a test wants."""
    return lambda name: make_drafts(tmp_path / name)


def make_drafts(path: Path) -> Drafts:
    settings = Settings.load(path)
    (settings.reference).mkdir(parents=True)
    (settings.reference / "voice_rates.csv").write_bytes(RATES)
    settings.contracts.mkdir()
    with work(settings) as con:
        con.execute(_MARTS)
        con.execute(
            "insert into ops.reference_files values ('voice_rates.csv', ?)",
            [hashlib.sha256(RATES).hexdigest()],
        )
        for org in ("acme", "beta"):
            (settings.contracts / f"{org}.yml").write_bytes(CONTRACT)
            con.execute(
                "insert into contracts.organizations values (?, 'UTC', '2026-01-01', 0, 12, ?, ?)",
                [org, f"contracts/{org}.yml", hashlib.sha256(CONTRACT).hexdigest()],
            )
    landed = settings.landing / "acme" / "billable_usage" / "a.csv"
    landed.parent.mkdir(parents=True)
    landed.write_bytes(b"Charge Name,Entity,Timestamp\n")
    append_to_book(
        settings.books / "files.jsonl",
        [
            {
                "file_id": "file-a",
                "org": "acme",
                "report": "billable_usage",
                "path": "landing/acme/billable_usage/a.csv",
                "sha256": hashlib.sha256(landed.read_bytes()).hexdigest(),
                "received_at": "2026-04-01T00:00:00.000000",
                "size": landed.stat().st_size,
            }
        ],
    )
    return Drafts(settings)


def _insert(con: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    con.execute(
        f"insert into {table} ({', '.join(row)}) values ({', '.join('?' * len(row))})",
        list(row.values()),
    )
