"""The invoice as a PDF: display texts go into a typst template, pages come out."""

from __future__ import annotations

import json
from pathlib import Path
from threading import local
from typing import Any, Literal

import typst

from dagster_project.documents import wording
from dagster_project.documents.invoice import Invoice, Row

Paper = Literal["a4", "us-letter"]

_TEMPLATE = Path(__file__).parent / "invoice.typ"

# Where people print on Letter.
_LETTER_COUNTRIES = frozenset(
    {"US", "CA", "MX", "CL", "CO", "CR", "DO", "GT", "NI", "PA", "PH", "PR", "SV", "VE"}
)

# The embedded fonts have Latin, Greek and Cyrillic; names in other scripts need the system's.
_LAST_EMBEDDED = 0x052F
_PUNCTUATION = range(0x2000, 0x2300)


def paper_of(country: str | None) -> Paper:
    """The paper people use in a country."""
    return "us-letter" if country in _LETTER_COUNTRIES else "a4"


def render_pdf(invoice: Invoice, paper: Paper) -> bytes:
    """The invoice's pages. The same invoice gives the same bytes."""
    page = json.dumps(page_texts(invoice) | {"paper": paper}, ensure_ascii=False, sort_keys=True)
    pages = _compilers.compiler(_needs_system_fonts(page)).compile(
        sys_inputs={"page": page}, format="pdf", timestamp=0
    )
    if not isinstance(pages, bytes):
        raise TypeError("typst gave no single PDF")
    return pages


def page_texts(invoice: Invoice) -> dict[str, Any]:
    """Everything the template shows, as display texts."""
    header = invoice.header
    units = int(header["minor_units"])
    estimate_through = header["estimate_through"]
    currency = header["currency"]
    total = header["total"]
    # RPT-3: an open period's bill is an estimate, says so, and asks for no payment
    is_bill = total is not None and estimate_through is None
    return {
        "title": wording.title(
            header["invoice_kind"], header["status"], is_estimate=estimate_through is not None
        ),
        "invoice_id": invoice.invoice_id,
        "quoted": header["invoice_number"] or invoice.invoice_id,
        "organization": header["organization_name"],
        "status": wording.words(header["status"]),
        "is_issued": header["status"] == "issued",
        "estimate": (
            f"Estimate through {estimate_through.isoformat()}" if estimate_through else ""
        ),
        "holds": _holds(invoice) if header["status"] == "held" else [],
        "bill_to": _present(
            header["bill_to_name"] or header["organization_name"],
            *(header["bill_to_address"] or []),
            header["bill_to_email"],
        ),
        "contact": _present(
            header["billing_contact_name"],
            header["billing_contact_email"],
            header["billing_contact_phone"],
        ),
        "region": header["billing_region"] or "",
        "facts": [
            [label, value]
            for label, value in (
                ("Invoice number", header["invoice_number"]),
                ("Invoice date", wording.day(header["invoice_date"])),
                ("Due date", wording.day(header["due_date"]) if is_bill else None),
                ("Payment terms", f"Net {header['payment_terms_days']} days" if is_bill else None),
                (
                    "Billing period",
                    wording.days(header["period_start"], header["period_end"])
                    if header["invoice_kind"] != "order"
                    else None,
                ),
                ("Payable in", currency),
                ("Contract", header["contract_number"]),
                ("Purchase order", header["purchase_order"]),
                ("Organization", invoice.org),
            )
            if value
        ],
        "currency": currency,
        "due_date": wording.day(header["due_date"]),
        "sections": [_section(section, invoice.lines, units) for section in invoice.sections],
        "subtotal": wording.money(header["subtotal"], units),
        "tax": wording.money(header["tax"], units),
        "total": wording.money(total, units),
        "total_label": _total_label(header),
        "is_priced": total is not None,
        "is_payable": _is_payable(header),
        "has_unpriced_lines": any(line["amount"] is None for line in invoice.lines),
        "methods": [
            wording.PAYMENT_METHODS.get(method, wording.words(method))
            for method in header["payment_methods"] or []
        ],
        "payment_link": header["payment_link"] or "",
    }


def _is_payable(header: Row) -> bool:
    is_final = header["status"] in {"draft", "issued"} and header["estimate_through"] is None
    return is_final and header["total"] is not None and header["total"] > 0


def _total_label(header: Row) -> str:
    if header["total"] is None:
        return "Total"
    if header["estimate_through"] is not None:
        return "Estimated total"
    if header["status"] == "held":
        return "Total, held"
    return "Total due" if header["total"] >= 0 else "Total credit"


def _section(section: Row, lines: list[Row], units: int) -> dict[str, Any]:
    code = section["section"]
    return {
        "title": wording.SECTION_TITLES.get(code, wording.words(code)),
        "subtotal": wording.money(section["subtotal"], units),
        "lines": [_line(line, units) for line in lines if line["section"] == code],
    }


def _line(line: Row, units: int) -> dict[str, Any]:
    is_tax = line["charge_code"].startswith("tax.")
    return {
        "number": str(line["line_number"]),
        "description": line["description"],
        "service": wording.days(line["service_start"], line["service_end"]),
        "quantity": (
            wording.money(line["quantity"], units) if is_tax else wording.quantity(line["quantity"])
        ),
        "unit": "" if is_tax else line["unit"] or "",
        "rate": (wording.percent if is_tax else wording.rate)(line["rate"], units),
        "amount": wording.money(line["amount"], units),
        "is_priced": line["amount"] is not None,
    }


def _holds(invoice: Invoice) -> list[dict[str, Any]]:
    return [
        {"reason": wording.words(reason), "details": invoice.hold_details.get(reason, [])}
        for reason in invoice.header["hold_reasons"] or []
    ]


def _present(*texts: str | None) -> list[str]:
    return [text for text in texts if text]


def _needs_system_fonts(text: str) -> bool:
    return any(
        ord(letter) > _LAST_EMBEDDED and ord(letter) not in _PUNCTUATION for letter in set(text)
    )


class _Compilers(local):
    """Typst's compilers, by thread: one of them takes no document beside another."""

    def __init__(self) -> None:
        self._made: dict[bool, typst.Compiler] = {}

    def compiler(self, with_system_fonts: bool) -> typst.Compiler:
        """The thread's own; reading the system's fonts takes seconds, and few names need them."""
        if with_system_fonts not in self._made:
            self._made[with_system_fonts] = typst.Compiler(
                str(_TEMPLATE), ignore_system_fonts=not with_system_fonts
            )
        return self._made[with_system_fonts]


_compilers = _Compilers()
