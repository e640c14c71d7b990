"""What stands on the pages. The text is asked of typst itself, so that no PDF reader is needed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import duckdb
import pytest
import typst

from dagster_project.documents.invoice import Invoice, read_invoices
from dagster_project.documents.pdf import _TEMPLATE, page_texts, paper_of, render_pdf

US, HELD, YEN = "harrow-finch-2026-10", "lindenhof-markt-2026-10", "hoshimori-travel-2026-10"
ESTIMATE, USAGE, LONG = "harrow-finch-2026-11", "kestrel-partner-2026-10", "kestrel-long-2026-10"
CREDIT = "lindenhof-markt-correction-2026-12"


def _invoice(con: duckdb.DuckDBPyConnection, invoice_id: str) -> Invoice:
    (invoice,) = read_invoices(con, [invoice_id])
    return invoice


def _page_sizes(pdf: bytes) -> list[tuple[float, float]]:
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(float(width), float(height)) for width, height in boxes]


def _printed(invoice: Invoice) -> str:
    """The text that the template lays out: each text element leaves a trace to be asked for."""
    page = json.dumps(page_texts(invoice) | {"paper": "a4"}, ensure_ascii=False)
    traces = typst.query(
        b'#show text: it => [#metadata(it.text)<laid-out>#it]\n#include "/invoice.typ"',
        "<laid-out>",
        field="value",
        root=str(_TEMPLATE.parent),
        sys_inputs={"page": page},
        ignore_system_fonts=True,
    )
    return "".join(json.loads(traces))


def _lines(invoice: Invoice) -> dict[str, dict[str, Any]]:
    sections = page_texts(invoice)["sections"]
    return {line["description"]: line for section in sections for line in section["lines"]}


@pytest.mark.parametrize("invoice_id", [US, HELD, YEN, ESTIMATE, USAGE, LONG, CREDIT])
def test_the_same_invoice_gives_the_same_pdf(
    warehouse: duckdb.DuckDBPyConnection, invoice_id: str
) -> None:
    invoice = _invoice(warehouse, invoice_id)

    first = render_pdf(invoice, "a4")

    assert first.startswith(b"%PDF-")
    assert render_pdf(invoice, "a4") == first


def test_every_figure_of_the_texts_is_printed(warehouse: duckdb.DuckDBPyConnection) -> None:
    printed = _printed(_invoice(warehouse, US))

    for text in (
        US,
        "Harrow & Finch Mutual Insurance, Inc.",
        "Springfield, IL 62701",
        "PO-88213",
        "C-20417",
        "billing.na@vendor.example",
        "15 Oct \N{EN DASH} 14 Nov 2026",
        "35,410.5",
        "0.0075",
        "5,550.00",
        "10,209.50",
        "11,346.24",
        "https://pay.example/harrow-finch-2026-10",
    ):
        assert text in printed


def test_a_page_has_the_papers_size(warehouse: duckdb.DuckDBPyConnection) -> None:
    invoice = _invoice(warehouse, US)

    assert _page_sizes(render_pdf(invoice, "us-letter"))[0] == (612, 792)
    width, height = _page_sizes(render_pdf(invoice, "a4"))[0]
    assert (round(width), round(height)) == (595, 842)


@pytest.mark.parametrize(
    ("country", "paper"),
    [("US", "us-letter"), ("CA", "us-letter"), ("MX", "us-letter"), ("DE", "a4"), (None, "a4")],
)
def test_paper_follows_the_country(country: str | None, paper: str) -> None:
    assert paper_of(country) == paper


def test_three_hundred_lines_take_several_pages_and_none_is_lost(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    invoice = _invoice(warehouse, LONG)

    assert len(_page_sizes(render_pdf(invoice, "a4"))) >= 6
    assert len(_lines(invoice)) == 300
    printed = _printed(invoice)
    assert "Item 299 of a long subscription" in printed
    assert "56,437.50" in printed


def test_sections_are_in_the_order_of_their_lines(warehouse: duckdb.DuckDBPyConnection) -> None:
    sections = page_texts(_invoice(warehouse, US))["sections"]

    assert [(section["title"], section["subtotal"]) for section in sections] == [
        ("Core services and fees", "10,209.50"),
        ("Resource charges", "265.58"),
        ("Device charges", "130.00"),
        ("Telco usage charges", "75.13"),
        ("Taxes and fees", "666.03"),
    ]


def test_a_tax_line_shows_its_base_and_its_percentage(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    line = _lines(_invoice(warehouse, US))["Illinois sales tax"]

    assert (line["quantity"], line["unit"], line["rate"]) == ("10,605.08", "", "6.25 %")


def test_yen_have_no_decimals(warehouse: duckdb.DuckDBPyConnection) -> None:
    invoice = _invoice(warehouse, YEN)
    texts = page_texts(invoice)

    assert (texts["subtotal"], texts["tax"], texts["total"]) == ("955,682", "95,568", "1,051,250")
    assert _lines(invoice)["Genesys Cloud CX 2 Hourly"]["rate"] == "180"


def test_a_line_without_a_price_says_so_and_its_section_has_no_subtotal(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    invoice = _invoice(warehouse, YEN)
    line = _lines(invoice)["SMS segments"]

    assert (line["quantity"], line["rate"], line["amount"]) == ("2,870", "", "not priced")
    (resources,) = [
        section
        for section in page_texts(invoice)["sections"]
        if section["title"] == "Resource charges"
    ]
    assert resources["subtotal"] == "not priced"
    assert "not a price of zero" in _printed(invoice)


def test_an_invoice_without_any_price_is_a_usage_statement_that_asks_for_no_money(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    texts = page_texts(_invoice(warehouse, USAGE))

    assert (texts["title"], texts["total"]) == ("Usage statement", "not priced")
    assert not texts["is_payable"]
    assert "Due date" not in dict(texts["facts"])


def test_an_order_invoice_has_no_billing_period(warehouse: duckdb.DuckDBPyConnection) -> None:
    invoice = _invoice(warehouse, US)
    order = replace(invoice, header=invoice.header | {"invoice_kind": "order"})

    assert "Billing period" in dict(page_texts(invoice)["facts"])
    assert page_texts(order)["title"] == "Order invoice"
    assert "Billing period" not in dict(page_texts(order)["facts"])


def test_a_credit_has_a_minus_sign_and_asks_for_no_money(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    texts = page_texts(_invoice(warehouse, CREDIT))

    assert (texts["title"], texts["total"]) == ("Correction invoice", "\N{MINUS SIGN}275.50")
    assert texts["total_label"] == "Total credit"
    assert not texts["is_payable"]


def test_a_held_invoice_says_why_and_what_to_do_and_is_not_payable(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    invoice = _invoice(warehouse, HELD)
    texts = page_texts(invoice)
    printed = _printed(invoice)

    assert [hold["reason"] for hold in texts["holds"]] == ["Rejected rows", "Unrated calls"]
    assert "Held: this invoice cannot be issued yet" in printed
    assert "12 calls to +87… have no rate." in printed
    assert not texts["is_payable"]


def test_an_open_period_is_marked_as_an_estimate_through_its_last_known_day(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    invoice = _invoice(warehouse, ESTIMATE)
    texts = page_texts(invoice)

    assert texts["title"] == "Estimate"
    assert "Estimate through 2026-10-14" in _printed(invoice)
    assert "Due date" not in dict(texts["facts"])
    assert not texts["is_payable"]


def test_a_payable_invoice_names_its_methods_and_its_link(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    texts = page_texts(_invoice(warehouse, US))

    assert texts["is_payable"]
    assert texts["methods"] == [
        "ACH transfer",
        "wire transfer",
        "check",
        "ACH online",
        "card online",
    ]
    assert texts["payment_link"] == "https://pay.example/harrow-finch-2026-10"


def test_markup_in_a_name_is_printed_and_not_obeyed(warehouse: duckdb.DuckDBPyConnection) -> None:
    invoice = _invoice(warehouse, CREDIT)
    line = invoice.lines[0] | {"description": "#pagebreak() *not bold* $x$ \\ <tag> @ref"}
    invoice = replace(invoice, lines=[line])

    assert line["description"] in _printed(invoice)
    assert len(_page_sizes(render_pdf(invoice, "a4"))) == 1


def test_a_name_in_another_script_still_makes_a_pdf(warehouse: duckdb.DuckDBPyConnection) -> None:
    invoice = _invoice(warehouse, YEN)
    invoice = replace(invoice, header=invoice.header | {"bill_to_name": "星森トラベル株式会社"})

    assert render_pdf(invoice, "a4").startswith(b"%PDF-")
