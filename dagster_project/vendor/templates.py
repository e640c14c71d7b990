"""From the vendor's document to the landing: a CSV to fill in, or a PDF that is read."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from dagster_project.errors import UsageError, VendorInvoiceError
from dagster_project.genesys.vendor_invoice import REPORT
from dagster_project.vendor.pdf import PdfInvoice, read_pdf

if TYPE_CHECKING:
    import duckdb

    from dagster_project.settings import Settings

HEADER = tuple(column.header for column in REPORT.columns)


def template_csv(con: duckdb.DuckDBPyConnection, month: date, org: str) -> str:
    """The vendor's invoice of a month as a CSV to fill in: our descriptions and service periods.

    Args:
        con: the published warehouse.
        month: first day of the invoice month.
        org: the organization.

    Raises:
        UsageError: there is no invoice of ours that month.
    """
    lines = con.execute(
        """
        select lines.service_start, lines.service_end, lines.description, lines.currency,
            lines.section
        from marts.invoice_lines as lines
        inner join marts.invoices as invoices using (invoice_id)
        where lines.org = ? and lines.invoice_month = ?
        order by invoices.invoice_date, lines.invoice_id, lines.line_number
        """,
        [org, month],
    ).fetchall()
    if not lines:
        raise UsageError(
            f"{org} has no invoice of {month:%Y-%m}: run `cxledger run --month {month:%Y-%m}` first"
        )
    return _csv(
        ("", "", start, end, description, "", "", "", currency, section)
        for start, end, description, currency, section in lines
    )


def write_template(text: str, path: Path) -> None:
    """Writes a template to a new file.

    Raises:
        UsageError: the file exists already; it may be half filled in.
    """
    try:
        with path.open("x", newline="") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} exists already: choose another name, or remove it") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from error


def import_pdf(settings: Settings, pdf: Path, org: str) -> tuple[Path, PdfInvoice]:
    """Reads a vendor's PDF and lands it as a CSV, if it adds up.

    Args:
        settings: where the landing is.
        pdf: the vendor's invoice, with text in it.
        org: the organization that it is of.

    Returns:
        The landed file, and what is in it. The same invoice again changes nothing.

    Raises:
        UsageError: no such organization or file, or another invoice of that number is landed.
        VendorInvoiceError: the PDF cannot be read or does not add up.
    """
    if not (settings.contracts / f"{org}.yml").exists():
        raise UsageError(f"there is no contracts/{org}.yml: see `cxledger new-org`")
    try:
        content = pdf.read_bytes()
    except OSError as error:
        raise UsageError(f"{pdf} cannot be read ({error.strerror})") from error
    try:
        invoice = read_pdf(content)
    except VendorInvoiceError as error:
        raise VendorInvoiceError(
            f"{pdf}: {error}. Nothing was landed: fill in the CSV of `cxledger vendor-invoice "
            f"template --month YYYY-MM --org {org}` and put it into landing/{org}/vendor_invoice/"
        ) from error
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", invoice.number).strip("._") or "invoice"
    target = settings.landing / org / REPORT.name / f"{name}.csv"
    _land(target, invoice_csv(invoice).encode())
    return target, invoice


def invoice_csv(invoice: PdfInvoice) -> str:
    """The invoice in the columns of the report."""
    return _csv(
        (
            invoice.number,
            invoice.invoice_date,
            line.service_start,
            line.service_end,
            line.description,
            _plain(line.quantity),
            "" if line.rate is None else _plain(line.rate),
            _plain(line.amount),
            invoice.currency or "",
            line.section or "",
        )
        for line in invoice.lines
    )


def _land(target: Path, content: bytes) -> None:
    """Puts a whole file in place at once; never in the place of another one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # hidden, and not a report's name: a run that looks now does not take it
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, target)
    except FileExistsError as error:
        if target.read_bytes() != content:
            raise UsageError(
                f"{target} exists already and says something else: if this is a corrected "
                "invoice, give the old file another name first (the latest file wins)"
            ) from error
    except OSError as error:
        raise UsageError(f"{target} cannot be written ({error.strerror})") from error
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue()


def _plain(number: Decimal) -> str:
    """Without an exponent and without the zeros that nobody printed."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
