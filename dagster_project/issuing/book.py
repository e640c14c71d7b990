"""books/invoices.jsonl: every issued invoice, as it was drafted, with what it was made from.

A line is all that an invoice needs to be shown again after the warehouse is gone: its header, its
parties, its lines. It names its inputs by hash: the landed files (books/files.jsonl has theirs),
the contract and the reference files (their bytes lie in books/inputs), the acceptances; and the
product's rules and catalogue. The working file holds a copy for dbt: ops.issued_*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from dagster_project.books import read_book
from dagster_project.hashes import rules_hash, seeds_hash

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from dagster_project.settings import Settings

BOOK = "invoices.jsonl"

OF_THE_HEADER = ("org", "invoice_month", "currency")
"""What a line has from its invoice: not written again with each line."""


@dataclass(frozen=True)
class IssuedInvoice:
    """A line of books/invoices.jsonl.

    Attributes:
        invoice_id: as the draft had it.
        invoice_number: `<org>-<number>`, six digits at least.
        number_in_org: gapless from 1 in an organization.
        issued_at: ISO 8601, UTC.
        as_of: "today" of the run that issued it, YYYY-MM-DD.
        run_id: that run.
        invoice: columns of marts.invoices and marts.invoice_parties; decimals and dates as texts.
        lines: columns of marts.invoice_lines, without those of the header.
        inputs: `contract` (SHA-256), `reference` (file name → SHA-256), `files` (ids in received
            order), `accepted` (ids of accepted files).
        product: `rules` and `catalogue`: hashes of what computed it.
        settles: the issued invoices whose adjustments it was the one to carry, whether there were
            any: what differs later has changed since.
    """

    invoice_id: str
    invoice_number: str
    number_in_org: int
    org: str
    issued_at: str
    as_of: str
    run_id: str
    invoice: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, Any]
    product: Mapping[str, str]
    settles: Sequence[str]


def book_path(settings: Settings) -> Path:
    """Where the book lies."""
    return settings.books / BOOK


def current_product() -> dict[str, str]:
    """The hashes of what computes now, as IssuedInvoice.product has them."""
    return {"rules": rules_hash(), "catalogue": seeds_hash()}


def as_written(value: Any) -> Any:
    """A value of the warehouse as the book writes it: exact decimals and ISO dates as texts."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def read_issued(settings: Settings) -> list[IssuedInvoice]:
    """Every issued invoice, in the order of issue."""
    return [IssuedInvoice(**record) for record in read_book(book_path(settings))[0]]


def refresh_issued(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    """Makes ops.issued_* what the book says: reads what was appended since, in one transaction.

    What comes in here was issued by a run that did not end, or before this working file was made:
    it is marked new, and the next run of its organization computes its month.
    """
    path = book_path(settings)
    loaded = con.execute("select bytes from ops.books where book = ?", [BOOK]).fetchone()
    start = int(loaded[0]) if loaded else 0
    size = path.stat().st_size if path.exists() else 0
    is_rebuilt = size < start
    records, end = read_book(path, 0 if is_rebuilt else start)
    if not records and not is_rebuilt:
        return
    con.begin()
    if is_rebuilt:
        con.execute("delete from ops.issued_invoices")
        con.execute("delete from ops.issued_lines")
    insert_issued(con, [IssuedInvoice(**record) for record in records], is_new=True)
    note_end(con, end)
    con.commit()


def insert_issued(
    con: duckdb.DuckDBPyConnection, issued: Sequence[IssuedInvoice], *, is_new: bool
) -> None:
    """Adds invoices of the book to ops.issued_*."""
    _insert(
        con,
        "issued_invoices",
        [
            {
                **invoice.invoice,
                "invoice_id": invoice.invoice_id,
                "invoice_number": invoice.invoice_number,
                "number_in_org": invoice.number_in_org,
                "issued_at": invoice.issued_at,
                "as_of": invoice.as_of,
                "is_new": is_new,
                "rules_sha256": invoice.product["rules"],
                "catalogue_sha256": invoice.product["catalogue"],
                "settled_by": invoice.invoice_id,
                "is_frozen": False,
            }
            for invoice in issued
        ],
    )
    for invoice in issued:
        con.execute(
            "update ops.issued_invoices set settled_by = ? where invoice_id in (select unnest(?))",
            [invoice.invoice_id, [invoice.invoice_id, *invoice.settles]],
        )
    _insert(
        con,
        "issued_lines",
        [
            {
                **line,
                "invoice_id": invoice.invoice_id,
                **{name: invoice.invoice[name] for name in OF_THE_HEADER},
            }
            for invoice in issued
            for line in invoice.lines
        ],
    )


def note_end(con: duckdb.DuckDBPyConnection, end: int) -> None:
    """Remembers how much of the book the working file holds."""
    con.execute("insert or replace into ops.books values (?, ?)", [BOOK, end])


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    columns = con.execute(
        "select column_name, data_type like '%[]' from duckdb_columns() "
        "where schema_name = 'ops' and table_name = ?",
        [table],
    ).fetchall()
    frame = pl.DataFrame(
        [
            pl.Series(
                name,
                [row[name] if is_list else _text(row[name]) for row in rows],
                dtype=pl.List(pl.String()) if is_list else pl.String(),
            )
            for name, is_list in columns
        ]
    )
    con.register("rows_of_the_book", frame.to_arrow())
    con.execute(f"insert into ops.{table} by name select * from rows_of_the_book")
    con.unregister("rows_of_the_book")


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
