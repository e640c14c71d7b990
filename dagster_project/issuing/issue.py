"""Issues drafts: from here on an invoice has a number and never changes (INV-3).

The line in the book is the act: before it an invoice is a draft, after it it is issued, and a line
that a crash cuts short is no line. Inputs are kept before it. All that follows (the working file,
the published one, the documents) is made from the book, by this run or by the next.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from dagster_project.books import append_to_book, keep_content
from dagster_project.errors import WarehouseError
from dagster_project.issuing.book import (
    OF_THE_HEADER,
    IssuedInvoice,
    as_written,
    book_path,
    current_product,
    insert_issued,
    note_end,
    refresh_issued,
)

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from dagster_project.settings import Settings

_Row = dict[str, Any]

# what the book has of its own; all other columns of ops.issued_invoices are the draft's
_GIVEN_BY_ISSUING = {
    "invoice_id", "invoice_number", "number_in_org", "issued_at", "as_of", "is_new",
    "rules_sha256", "catalogue_sha256", "settled_by", "is_frozen",
}  # fmt: skip


def issue_drafts(settings: Settings, con: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    """Issues what the run was asked for: closed, unheld drafts, by invoice date, then id (INV-7).

    Args:
        settings: where books, contracts and reference files lie.
        con: the working file, after the verdict of this run.
        run_id: this run, which must be the one that computed what the working file holds.

    Returns:
        The numbers given, in order.

    Raises:
        WarehouseError: another run has begun since, or an input was edited while the run went on;
            nothing is issued.
    """
    refresh_issued(settings, con)
    show_issued(con)
    ((current, as_of, is_issuing),) = con.execute(
        "select run_id, as_of, is_issuing from ops.run"
    ).fetchall()
    if not is_issuing:
        return []
    if current != run_id:
        raise WarehouseError("another run has begun meanwhile, nothing is issued: run again")
    drafts = _drafts(con, as_of)
    if not drafts:
        return []
    inputs = {org: _inputs(settings, con, org) for org in sorted({row["org"] for row in drafts})}
    product = current_product()
    lines = _lines(con, [row["invoice_id"] for row in drafts])
    settles = dict(
        con.execute(
            "select carrier_id, list(invoice_id order by invoice_id) "
            "from intermediate.int_invoicing__carriers group by carrier_id"
        ).fetchall()
    )
    last_numbers = dict(
        con.execute(
            "select org, max(number_in_org) from ops.issued_invoices group by org"
        ).fetchall()
    )
    issued = []
    for row in drafts:
        org, invoice_id = row["org"], row.pop("invoice_id")
        number = last_numbers[org] = last_numbers.get(org, 0) + 1
        issued.append(
            IssuedInvoice(
                invoice_id=invoice_id,
                invoice_number=f"{org}-{number:06}",
                number_in_org=number,
                org=org,
                issued_at=datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds"),
                as_of=as_of.isoformat(),
                run_id=run_id,
                invoice=_plain(row),
                lines=lines[invoice_id],
                inputs=inputs[org],
                product=product,
                settles=settles.get(invoice_id, []),
            )
        )
    path = book_path(settings)
    append_to_book(path, [asdict(invoice) for invoice in issued])
    con.begin()
    insert_issued(con, issued, is_new=False)
    note_end(con, path.stat().st_size)
    con.commit()
    show_issued(con)
    return [invoice.invoice_number for invoice in issued]


def show_issued(con: duckdb.DuckDBPyConnection) -> None:
    """Has marts.invoices say which drafts have become invoices; their figures are the same."""
    con.execute(
        """
        update marts.invoices
        set
            status = 'issued',
            hold_reasons = [],
            invoice_number = issued.invoice_number
        from ops.issued_invoices as issued
        where
            invoices.invoice_id = issued.invoice_id
            and invoices.status <> 'issued'
        """
    )


def _drafts(con: duckdb.DuckDBPyConnection, as_of: date) -> list[_Row]:
    """Header and parties of what can be issued: dated today at the latest, so that it is closed."""
    columns = _columns(con, "issued_invoices", _GIVEN_BY_ISSUING)
    rows = con.execute(
        f"""
        select invoice_id, {", ".join(columns)}
        from marts.invoices
        inner join marts.invoice_parties using (invoice_id, org, invoice_month)
        where
            status = 'draft'
            and estimate_through is null
            and invoice_date <= ?
            and (
                (org, invoice_month) in (select (org, invoice_month) from ops.run_requests)
                or (invoice_kind = 'correction' and org in (select org from ops.run_requests))
            )
            and invoice_id not in (select invoice_id from ops.issued_invoices)
        order by invoice_date, invoice_id
        """,
        [as_of],
    ).fetchall()
    return [dict(zip(["invoice_id", *columns], row, strict=True)) for row in rows]


def _lines(con: duckdb.DuckDBPyConnection, invoice_ids: Sequence[str]) -> dict[str, list[_Row]]:
    columns = _columns(con, "issued_lines", OF_THE_HEADER)
    rows = con.execute(
        f"select {', '.join(columns)} from marts.invoice_lines "
        "where invoice_id in (select unnest(?)) order by invoice_id, line_number",
        [list(invoice_ids)],
    ).fetchall()
    lines: dict[str, list[_Row]] = defaultdict(list)
    for values in rows:
        row = _plain(dict(zip(columns, values, strict=True)))
        lines[row.pop("invoice_id")].append(row)
    return lines


def _columns(con: duckdb.DuckDBPyConnection, table: str, without: Container[str]) -> list[str]:
    """The columns of a table of the book's copy that the draft has, in their order."""
    names = con.execute(
        "select column_name from duckdb_columns() "
        "where schema_name = 'ops' and table_name = ? order by column_index",
        [table],
    ).fetchall()
    return [name for (name,) in names if name not in without]


def _inputs(settings: Settings, con: duckdb.DuckDBPyConnection, org: str) -> dict[str, Any]:
    """What the organization's invoices of this run were made from, kept where a hash names it."""
    ((contract_path, contract_hash),) = con.execute(
        "select path, sha256 from contracts.organizations where org = ?", [org]
    ).fetchall()
    reference = con.execute(
        "select file_name, sha256 from ops.reference_files order by file_name"
    ).fetchall()
    _keep(settings, settings.data / contract_path, contract_hash)
    for name, digest in reference:
        _keep(settings, settings.reference / name, digest)
    files = con.execute(
        "select file_id from ops.files where org = ? order by received_rank", [org]
    ).fetchall()
    accepted = con.execute(
        "select file_id from ops.accepted_files "
        "where file_id in (select file_id from ops.files where org = ?) order by file_id",
        [org],
    ).fetchall()
    return {
        "contract": contract_hash,
        "reference": dict(reference),
        "files": [file_id for (file_id,) in files],
        "accepted": [file_id for (file_id,) in accepted],
    }


def _keep(settings: Settings, path: Path, expected: str) -> None:
    kept = settings.books / "inputs" / expected
    if kept.exists():
        return
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != expected:
        raise WarehouseError(
            f"{path.relative_to(settings.data)} was changed while the run went on, nothing is "
            "issued: run again"
        )
    keep_content(settings.books / "inputs", content)


def _plain(row: _Row) -> _Row:
    return {name: as_written(value) for name, value in row.items()}
