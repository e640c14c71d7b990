"""A vendor's PDF, in layouts that differ in all that layouts differ in, made here with typst."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import typst

from dagster_project.errors import VendorInvoiceError
from dagster_project.vendor import PdfInvoice, read_pdf

_OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
_PERIOD = (date(2026, 9, 15), date(2026, 10, 14))

# dates before the text, American figures, a credit in brackets, a description over two lines, a tax
# in the table, label and value on one line
_AMERICAN = r"""
#set page(paper: "us-letter", margin: 18mm)
#set text(size: 9pt)
= Genesys Cloud Services, Inc.
#grid(columns: (1fr, 1fr),
  [Bill to: \ Harrow & Finch LLC \ 12 Court St],
  [Invoice Number: INV-0012345 \ Invoice Date: 10/15/2026 \ Payable in: USD \ Due: 11/14/2026])
#v(5mm)
#table(columns: (auto, 1fr, auto, auto, auto), stroke: none,
  align: (left, left, right, right, right),
  table.header([*Service Period*],[*Description*],[*Quantity*],[*Rate*],[*Amount*]),
  [10/15/2026 - 11/14/2026],[Genesys Cloud CX 2 User - Prepay],[100],[\$95.00],[\$9,500.00],
  [09/15/2026 - 10/14/2026],[Genesys Cloud CX 2 User],[1,012],[\$115.00],[\$116,380.00],
  [09/15/2026 - 10/14/2026],
  [Outbound Calling Service - International, as recorded by calls of the period],
  [12,345.6],[],[\$1,234.57],
  [09/15/2026 - 10/14/2026],[Service credit],[1],[(\$100.00)],[(\$100.00)],
  [09/15/2026 - 10/14/2026],[State sales tax],[127,014.57],[7%],[\$8,891.02],
)
#align(right)[Subtotal #h(1cm) \$127,014.57 \ Total due #h(1cm) \$135,905.59]
"""

# label above value, dates in the description's second line, decimal commas, section headings, the
# tax below the table
_GERMAN = r"""
#set page(paper: "a4", margin: 20mm)
#set text(size: 10pt)
#table(columns: 4, stroke: none, [Invoice No.],[Date of issue],[Currency],[Customer],
  [2026/4711],[01.11.2026],[EUR],[Lindenhof Markt])
#v(1cm)
#table(columns: (1fr, 70pt, 60pt, 70pt), align: (left, right, right, right), stroke: 0.3pt,
  table.header([Item],[Qty],[Unit price],[Total]),
  table.cell(colspan: 4)[Core],
  [Genesys Cloud CX 1 User \ 01.10.2026 – 31.10.2026],[1.012],[70,00],[70.840,00],
  table.cell(colspan: 4)[Telco],
  [Outbound Calling Service - Domestic \ 01.10.2026 – 31.10.2026],[12.345,6],[],[1.234,57],
  [Gutschrift Ausfall August \ 01.10.2026 – 31.10.2026],[1],[-50,00],[-50,00],
)
#align(right)[Subtotal: 72.024,57 \ Umsatzsteuer 19 %: 13.684,67 \ Total: 85.709,24]
"""

# start and end apart, cells in the middle of their rows, descriptions over two and three lines,
# lines on two pages with the heading again, the currency in a heading
_MIDDLE = r"""
#set page(paper: "a4", margin: 15mm, height: 120mm)
#set text(size: 8pt)
#align(right)[*INVOICE* \ Invoice \# SW-2026-10 \ Dated 1 November 2026]
#table(columns: (60pt, 60pt, 120pt, 1fr, 1fr, 1fr, 1fr), stroke: (bottom: 0.2pt),
  align: (center + horizon, center + horizon, left + horizon, right + horizon, left + horizon,
    right + horizon, right + horizon),
  table.header([Start],[End],[Product],[Quantity],[Unit],[Rate],[Amount (GBP)]),
  [1 Oct 2026],[31 Oct 2026],[Genesys Cloud CX 2 Concurrent User - Committed],
  [40],[user],[80.00],[3,200.00],
  ..range(7).map(n => ([1 Oct 2026],[31 Oct 2026],[Toll-Free Calling Service - Domestic],
    [#(n + 1)],[minute],[],[0.5#n])).flatten(),
  [1 Nov 2026],[30 Nov 2026],
  [Local Number - Prepay (all of the numbers that the organization holds, of whatever type)],
  [12],[number],[1.00],[12.00],
)
#align(right)[*Invoice total  GBP 3,215.71*]
"""


def _read(source: str) -> PdfInvoice:
    return read_pdf(typst.compile(source.encode(), format="pdf"))


def _figures(invoice: PdfInvoice) -> list[tuple[str, str, str | None, str]]:
    return [
        (
            line.description,
            f"{line.quantity:f}",
            None if line.rate is None else f"{line.rate:f}",
            f"{line.amount:f}",
        )
        for line in invoice.lines
    ]


def test_a_table_with_dates_first_and_american_figures() -> None:
    invoice = _read(_AMERICAN)
    assert replace(invoice, lines=()) == PdfInvoice(
        "INV-0012345", date(2026, 10, 15), "USD", (), Decimal("135905.59")
    )
    assert _figures(invoice) == [
        ("Genesys Cloud CX 2 User - Prepay", "100", "95.00", "9500.00"),
        ("Genesys Cloud CX 2 User", "1012", "115.00", "116380.00"),
        (
            "Outbound Calling Service - International, as recorded by calls of the period",
            "12345.6",
            None,
            "1234.57",
        ),
        ("Service credit", "1", "-100.00", "-100.00"),
        ("State sales tax", "127014.57", "0.07", "8891.02"),
    ]
    assert {(line.service_start, line.service_end) for line in invoice.lines[1:]} == {_PERIOD}
    assert invoice.lines[0].service_start == date(2026, 10, 15)


def test_dates_in_the_description_decimal_commas_and_the_tax_below() -> None:
    invoice = _read(_GERMAN)
    assert (invoice.number, invoice.invoice_date, invoice.currency) == (
        "2026/4711",
        date(2026, 11, 1),
        "EUR",
    )
    assert _figures(invoice) == [
        ("Genesys Cloud CX 1 User", "1012", "70.00", "70840.00"),
        ("Outbound Calling Service - Domestic", "12345.6", None, "1234.57"),
        ("Gutschrift Ausfall August", "1", "-50.00", "-50.00"),
        ("Umsatzsteuer 19 %", "1", None, "13684.67"),
    ]
    assert [line.section for line in invoice.lines] == ["Core", "Telco", "Telco", "taxes"]
    assert {(line.service_start, line.service_end) for line in invoice.lines} == {_OCTOBER}


def test_cells_in_the_middle_long_descriptions_and_two_pages() -> None:
    invoice = _read(_MIDDLE)
    assert (invoice.number, invoice.invoice_date, invoice.currency) == (
        "SW-2026-10",
        date(2026, 11, 1),
        "GBP",
    )
    figures = _figures(invoice)
    assert figures[0] == (
        "Genesys Cloud CX 2 Concurrent User - Committed",
        "40",
        "80.00",
        "3200.00",
    )
    assert figures[1:8] == [
        ("Toll-Free Calling Service - Domestic", f"{n + 1}", None, f"0.5{n}") for n in range(7)
    ]
    assert figures[8] == (
        "Local Number - Prepay (all of the numbers that the organization holds, of whatever type)",
        "12",
        "1.00",
        "12.00",
    )
    assert invoice.lines[8].service_start == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("9,500.00", "9,500.01", "0.01 are not accounted for"),
        ("Total due #h(1cm)", "Please pay #h(1cm)", "no total was found"),
        ("Invoice Number: INV-0012345", "", "no invoice number was found"),
        ("Invoice Date: 10/15/2026", "", "no invoice date was found"),
        ("[*Quantity*]", "[*Whatever*]", "no table of lines was found"),
        ("[10/15/2026 - 11/14/2026]", "[next period]", "no service period was found"),
    ],
)
def test_what_does_not_add_up_or_lacks_something_is_refused(old: str, new: str, said: str) -> None:
    assert old in _AMERICAN
    with pytest.raises(VendorInvoiceError, match=said):
        _read(_AMERICAN.replace(old, new))


def test_a_picture_and_a_broken_file_are_refused() -> None:
    with pytest.raises(VendorInvoiceError, match="no text"):
        _read("#rect(width: 5cm, height: 5cm, fill: red)")
    with pytest.raises(VendorInvoiceError, match="cannot be read as a PDF"):
        read_pdf(b"%PDF-1.7\nnot really")
    with pytest.raises(VendorInvoiceError, match="cannot be read as a PDF"):
        read_pdf(b"")
