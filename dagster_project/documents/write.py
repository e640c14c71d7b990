"""Writes `<out>/<org>/<invoice id>/invoice.pdf|json|csv`, and only what has changed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.documents.invoice import Invoice, all_invoice_ids, read_invoices
from dagster_project.documents.pdf import Paper, paper_of, render_pdf

# Of the JSON's fields. Raised when one changes its meaning or goes.
SCHEMA_VERSION = 1

# Invoices: memory stays flat, the tables are scanned a few times only.
_READ_AT_ONCE = 500

_JSON, _CSV, _PDF = "invoice.json", "invoice.csv", "invoice.pdf"
_CSV_COLUMNS = (
    "invoice_id",
    "line_number",
    "line_id",
    "org",
    "section",
    "charge_code",
    "description",
    "service_start",
    "service_end",
    "quantity",
    "unit",
    "rate",
    "amount",
    "currency",
    "rule_id",
)


def write_documents(
    con: duckdb.DuckDBPyConnection,
    out_dir: Path,
    invoice_ids: Sequence[str] | None = None,
    paper: Paper | None = None,
    threads: int = 1,
) -> list[Path]:
    """Write the documents of invoices whose content is new or has changed.

    Documents of drafts that are no longer in the warehouse are removed. Those of an issued invoice
    are written once: they are never removed, and only what a crash left out is written again.

    Args:
        con: the published warehouse; read only.
        out_dir: documents go to `<out_dir>/<org>/<invoice id>/`.
        invoice_ids: which; None: all.
        paper: None: the paper of the organization's country.
        threads: how many invoices are printed beside each other.

    Returns:
        The files written, without those that were up to date.
    """
    written: list[Path] = []
    existing = all_invoice_ids(con)
    chosen = existing if invoice_ids is None else invoice_ids
    with ThreadPoolExecutor(threads) as printers:
        for first in range(0, len(chosen), _READ_AT_ONCE):
            for files in printers.map(
                lambda invoice: _write(invoice, out_dir / invoice.org / invoice.invoice_id, paper),
                read_invoices(con, chosen[first : first + _READ_AT_ONCE]),
            ):
                written += files
    _remove_orphans(out_dir, set(existing))
    return written


def invoice_json(invoice: Invoice) -> dict[str, Any]:
    """The invoice as JSON: every column, decimals as texts, null for what is not priced."""
    return {
        "schema_version": SCHEMA_VERSION,
        **_plain(invoice.header),
        "hold_details": invoice.hold_details,
        "sections": [_plain(section) for section in invoice.sections],
        "lines": [_plain(line) for line in invoice.lines],
    }


def invoice_csv(invoice: Invoice) -> str:
    """The invoice's lines as CSV, one row a line; a null rate or amount is an empty cell."""
    shared = {name: invoice.header[name] for name in ("invoice_id", "org", "currency")}
    text = io.StringIO()
    rows = csv.DictWriter(text, _CSV_COLUMNS, lineterminator="\n")
    rows.writeheader()
    rows.writerows(_plain({**shared, **line}) for line in invoice.lines)
    return text.getvalue()


def _write(invoice: Invoice, folder: Path, paper: Paper | None) -> list[Path]:
    chosen_paper = paper or paper_of(invoice.header["country"])
    content = {**invoice_json(invoice), "paper": chosen_paper}
    digest = hashlib.sha256(
        json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    ).hexdigest()
    if _is_up_to_date(folder, digest) or _is_issued_and_whole(invoice, folder):
        return []
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / _PDF, render_pdf(invoice, chosen_paper))
    _replace(folder / _CSV, invoice_csv(invoice).encode())
    # the JSON last: its digest vouches for the other two
    content["content_sha256"] = digest
    _replace(folder / _JSON, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())
    return [folder / name for name in (_PDF, _JSON, _CSV)]


def _is_up_to_date(folder: Path, digest: str) -> bool:
    return _written_before(folder).get("content_sha256") == digest and _has_both_others(folder)


def _is_issued_and_whole(invoice: Invoice, folder: Path) -> bool:
    """INV-3: what was printed of an issued invoice stays, whatever a newer version would print."""
    known = _written_before(folder)
    is_issued = invoice.header["status"] == known.get("status") == "issued"
    return is_issued and "content_sha256" in known and _has_both_others(folder)


def _has_both_others(folder: Path) -> bool:
    return (folder / _PDF).is_file() and (folder / _CSV).is_file()


def _written_before(folder: Path) -> dict[str, Any]:
    try:
        known = json.loads((folder / _JSON).read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return known if isinstance(known, dict) else {}


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _remove_orphans(out_dir: Path, invoice_ids: set[str]) -> None:
    for folder in sorted(out_dir.glob("*/*/")):
        if folder.name not in invoice_ids:
            known = _written_before(folder)
            if "content_sha256" in known and known.get("status") != "issued":
                shutil.rmtree(folder)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value
