"""A read PDF is landed whole, once, and never in the place of another; a template is filled in."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
import typst

from dagster_project.errors import UsageError, VendorInvoiceError
from dagster_project.vendor import import_pdf, template_csv, write_template

if TYPE_CHECKING:
    from conftest import DataFolder

_SOURCE = r"""
Invoice Number: INV/7 #h(2cm) Invoice Date: 2026-04-01 #h(2cm) Currency: USD

#table(columns: 5, [Service period],[Description],[Quantity],[Rate],[Amount],
  [2026-03-01 - 2026-03-31],[Genesys Cloud CX 2 User],[3],[115.00],[345.00],
  [2026-03-01 - 2026-03-31],[Outbound Calling Service, "blended"],[1,000.5],[],[12.3])
Total: AMOUNT
"""


def _pdf(folder: Path, amount: str = "357.30") -> Path:
    path = folder / "invoice.pdf"
    path.write_bytes(typst.compile(_SOURCE.replace("AMOUNT", amount).encode(), format="pdf"))
    return path


def test_an_invoice_that_adds_up_is_landed_once(data_folder: DataFolder, tmp_path: Path) -> None:
    data_folder.contract("acme")
    target, invoice = import_pdf(data_folder.settings, _pdf(tmp_path), "acme")
    assert target == data_folder.path / "landing/acme/vendor_invoice/INV_7.csv"
    assert len(invoice.lines) == 2
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    assert [list(row.values()) for row in rows] == [
        ["INV/7", "2026-04-01", "2026-03-01", "2026-03-31", "Genesys Cloud CX 2 User", "3", "115",
         "345", "USD", ""],
        ["INV/7", "2026-04-01", "2026-03-01", "2026-03-31", "Outbound Calling Service, “blended”",
         "1000.5", "", "12.3", "USD", ""],
    ]  # fmt: skip
    before = target.stat().st_mtime_ns
    import_pdf(data_folder.settings, _pdf(tmp_path), "acme")
    assert target.stat().st_mtime_ns == before
    assert [path.name for path in target.parent.iterdir()] == ["INV_7.csv"]


def test_another_file_of_that_number_is_never_overwritten(
    data_folder: DataFolder, tmp_path: Path
) -> None:
    data_folder.contract("acme")
    target = data_folder.land("acme", "vendor_invoice", "INV_7.csv", "by hand")
    with pytest.raises(UsageError, match="exists already and says something else"):
        import_pdf(data_folder.settings, _pdf(tmp_path), "acme")
    assert target.read_text() == "by hand"
    assert [path.name for path in target.parent.iterdir()] == ["INV_7.csv"]


def test_what_does_not_add_up_lands_nothing_and_says_what_to_do(
    data_folder: DataFolder, tmp_path: Path
) -> None:
    data_folder.contract("acme")
    with pytest.raises(VendorInvoiceError, match=r"0\.01 are not accounted for.*template"):
        import_pdf(data_folder.settings, _pdf(tmp_path, "357.31"), "acme")
    assert not (data_folder.path / "landing/acme/vendor_invoice").exists()


def test_an_unknown_organization_or_file_is_said_so(
    data_folder: DataFolder, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"no contracts/acme\.yml"):
        import_pdf(data_folder.settings, _pdf(tmp_path), "acme")
    data_folder.contract("acme")
    with pytest.raises(UsageError, match="cannot be read"):
        import_pdf(data_folder.settings, tmp_path / "none.pdf", "acme")


def test_a_template_holds_our_descriptions_and_service_periods(tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute("create schema marts")
    con.execute(
        "create table marts.invoices as select 'acme-2026-03' as invoice_id, "
        "date '2026-04-01' as invoice_date"
    )
    con.execute(
        "create table marts.invoice_lines as select 'acme' as org, 'acme-2026-03' as invoice_id, "
        "date '2026-03-01' as invoice_month, 1 as line_number, date '2026-03-01' as service_start, "
        "date '2026-03-31' as service_end, 'Number setup, DID' as description, 'USD' as currency, "
        "'telco' as section"
    )
    text = template_csv(con, date(2026, 3, 1), "acme")
    assert text == (
        "Invoice Number,Invoice Date,Service Period Start,Service Period End,Description,Quantity,"
        "Rate,Amount,Currency,Section\n"
        ',,2026-03-01,2026-03-31,"Number setup, DID",,,,USD,telco\n'
    )
    with pytest.raises(UsageError, match="no invoice of 2026-04"):
        template_csv(con, date(2026, 4, 1), "acme")
    write_template(text, tmp_path / "new.csv")
    with pytest.raises(UsageError, match="exists already"):
        write_template("again", tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_text() == text
