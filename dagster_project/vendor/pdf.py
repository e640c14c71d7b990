"""A vendor's invoice as a text PDF → its number, date, currency, lines and total.

Vendors print in layouts of their own, so nothing here knows one: a table is where a heading names a
description, a quantity and an amount; a cell belongs to the heading that it is aligned with (left,
right or centred); a row is where a quantity and an amount stand; a text that stands in the
description's place without figures goes on with the row beside it. What was read is accepted only
if it adds up to the printed total, so a layout that is read wrongly is refused, never landed.

Pure: bytes in, typed lines out; no file, no warehouse. A scan has no text and is refused.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from dagster_project.errors import VendorInvoiceError
from dagster_project.vendor.values import (
    CURRENCIES,
    Style,
    find_currency,
    find_dates,
    parse_number,
    style_of,
    without_dates,
)

_HEADINGS: tuple[tuple[str, str], ...] = (
    # column, what its heading says; the first that fits wins
    ("place", r"#|no\.?|line|pos\.?|nr\.?"),
    (
        "period",
        r"(service|billing|usage|charge) (period|dates?)|period|dates? of service",
    ),
    ("start", r"(service )?(period )?(start|from|begin)( date)?"),
    ("end", r"(service )?(period )?(end|to|through|until)( date)?"),
    (
        "description",
        r"(item |product |line |charge )?description|product|item|charge|service|details",
    ),
    ("quantity", r"quantity|qty\.?|usage quantity|billed quantity|units?(?= )|menge"),
    ("unit", r"unit|uom|unit of measure"),
    ("rate", r"(unit |per unit )?(rate|price)|rate per unit|price per unit|preis"),
    ("tax", r"(sales )?tax( rate)?|vat( %)?"),
    ("amount", r"(line |total |net |extended )?amount|(line )?total|extended price|betrag"),
)
_Value = TypeVar("_Value")
_LEADING = 1.5
"""Rows whose tops are less than this many heights apart are lines of one text."""

_NEEDED = frozenset({"description", "quantity", "amount"})
_SECTIONS = re.compile(
    r"(core|subscriptions?|licen[cs]es?|resources?|usage|overages?|app ?foundry|devices?|telco|"
    r"telephony|voice|one[- ]time|hardware|taxes?|fees|taxes,? (and )?fees|other charges|recurring)"
    r"( (and|charges?|fees|usage|applications?|services?))*",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(?P<grand>(grand |invoice )?total( due| amount| payable)?|(total )?amount (due|payable)|"
    r"balance due|total (in|\()\s*[A-Z]{3}\)?|total, .+)|"
    r"(?P<sub>.*\bsub ?-?total\b.*|total .+)",
    re.IGNORECASE,
)
_TAX = re.compile(r"\b(tax|vat|gst|hst|fee|surcharge|mwst|umsatzsteuer)\b", re.IGNORECASE)
_NUMBER_LABEL = re.compile(
    r"\b(?:invoice|document|bill|statement)\s*(?:number|no\.?|nr\.?|id|#)\s*:?|\binvoice\s*:",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"#?\s*([A-Z0-9][A-Z0-9._/-]*\d[A-Z0-9._/-]*)", re.IGNORECASE)
_TITLE = re.compile(r"^(?:tax |order )?invoice\b", re.IGNORECASE)
_DATE_LABEL = re.compile(
    r"\b(?:invoice|billing|bill|document|issue)\s+date\s*:?|\bdate of (?:invoice|issue)\s*:?|"
    r"\bdated?\s*:?",
    re.IGNORECASE,
)
_PERIOD_LABEL = re.compile(
    r"\b(?:service|billing|usage) (?:period|dates?)\s*:?|\bfor the period\b", re.IGNORECASE
)


@dataclass(frozen=True)
class PdfLine:
    """One line of the invoice, as printed; a rate only where the document prints one."""

    service_start: date
    service_end: date
    description: str
    quantity: Decimal
    rate: Decimal | None
    amount: Decimal
    section: str | None = None


@dataclass(frozen=True)
class PdfInvoice:
    """What was read; its lines add up to its total."""

    number: str
    invoice_date: date
    currency: str | None
    lines: tuple[PdfLine, ...]
    total: Decimal


@dataclass(frozen=True)
class _Cell:
    """Words that stand together, in points from the page's left and top."""

    text: str
    left: float
    right: float


@dataclass(frozen=True)
class _Row:
    """Cells of one height, from left to right."""

    cells: tuple[_Cell, ...]
    top: float
    height: float
    page: int

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


@dataclass(frozen=True)
class _BodyRow:
    """A row of the table's body with its texts by column, and the section that it is in."""

    row: _Row
    cells: dict[str, str]
    is_line: bool  # it has a quantity and an amount
    section: str | None


@dataclass(frozen=True)
class _Entry:
    """A line of the invoice: its texts by column."""

    cells: dict[str, str]
    section: str | None


def read_pdf(content: bytes) -> PdfInvoice:
    """Reads an invoice and proves that its lines add up to its total.

    Args:
        content: the PDF.

    Raises:
        VendorInvoiceError: it has no text, no table, no number, date or total, or the lines do not
            add up; says what was found and what to do.
    """
    rows = _rows(content)
    style = style_of(row.text for row in rows)
    number = _labelled(rows, _NUMBER_LABEL, _invoice_number) or _labelled(
        rows, _TITLE, _invoice_number
    )
    if number is None:
        raise VendorInvoiceError("no invoice number was found (`Invoice Number: …`)")
    invoice_date = _labelled(rows, _DATE_LABEL, lambda text: _first(find_dates(text, style)))
    if invoice_date is None:
        raise VendorInvoiceError("no invoice date was found (`Invoice Date: …`)")
    entries, summary = _table(rows, style)
    period = _labelled(rows, _PERIOD_LABEL, lambda text: _pair(find_dates(text, style)))
    lines = tuple(_line(entry, style, period) for entry in entries)
    totals = [amount for label, amount in summary if _is_total(label)]
    if not totals:
        raise VendorInvoiceError("no total was found (`Total`, `Amount due`)")
    first = min(lines, key=lambda line: line.service_start)
    taxes = tuple(
        PdfLine(
            service_start=first.service_start,
            service_end=first.service_end,
            description=label,
            quantity=Decimal(1),
            rate=None,
            amount=amount,
            section="taxes",
        )
        for label, amount in summary
        if _TAX.search(label) and not _TOTAL.fullmatch(label)
    )
    # taxes below the table are lines too, unless the table has them already
    for candidate in (lines, lines + taxes):
        if sum(line.amount for line in candidate) in totals:
            return PdfInvoice(
                number=number,
                invoice_date=invoice_date,
                currency=find_currency(row.text for row in rows),
                lines=candidate,
                total=sum((line.amount for line in candidate), Decimal(0)),
            )
    found = sum((line.amount for line in lines), Decimal(0))
    raise VendorInvoiceError(
        f"its {len(lines)} lines come to {found:,f}, its total says {totals[-1]:,f}: "
        f"{totals[-1] - found:,f} are not accounted for. Lines read: "
        + "; ".join(f"{line.description} {line.amount:,f}" for line in lines)
    )


def _rows(content: bytes) -> list[_Row]:
    """The texts of all pages as rows of cells, from top to bottom."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.pdfparser import PDFSyntaxError
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            rows = [
                row
                for number, page in enumerate(document.pages)
                for row in _page_rows(page.extract_words(x_tolerance_ratio=0.25), number)
            ]
    except (PdfminerException, PDFSyntaxError, PDFPasswordIncorrect, ValueError) as error:
        raise VendorInvoiceError(f"it cannot be read as a PDF ({error or 'damaged'})") from error
    if not rows:
        raise VendorInvoiceError("it has no text: it is a scan or a picture")
    return rows


def _page_rows(words: Sequence[dict[str, Any]], page: int) -> Iterator[_Row]:
    lines: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: (word["bottom"], word["x0"])):
        middle = (word["top"] + word["bottom"]) / 2
        for line in lines[-3:]:
            if line[0]["top"] < middle < line[0]["bottom"]:
                line.append(word)
                break
        else:
            lines.append([word])
    for line in lines:
        line.sort(key=lambda word: word["x0"])
        height = max(word["bottom"] - word["top"] for word in line)
        cells: list[_Cell] = []
        for word in line:
            if cells and word["x0"] - cells[-1].right < 0.7 * height:
                text = f"{cells[-1].text} {word['text']}"
                cells[-1] = _Cell(text, cells[-1].left, word["x1"])
            else:
                cells.append(_Cell(word["text"], word["x0"], word["x1"]))
        yield _Row(tuple(cells), line[0]["top"], height, page)


def _labelled(
    rows: Sequence[_Row], label: re.Pattern[str], read: Callable[[str], _Value | None]
) -> _Value | None:
    """What stands behind a label, or under it; the heading of the table is no label."""
    for place, row in enumerate(rows):
        if _headings(row):
            continue
        for number, cell in enumerate(row.cells):
            match = label.search(cell.text)
            if match is None:
                continue
            beside = [cell.text[match.end() :], *(c.text for c in row.cells[number + 1 :][:1])]
            under = [
                below.text
                for following in rows[place + 1 : place + 3]
                if following.page == row.page
                for below in following.cells
                if below.left < cell.right and below.right > cell.left
            ]
            for text in (*beside, *under):
                value = read(text)
                if value:
                    return value
    return None


def _invoice_number(text: str) -> str | None:
    match = _NUMBER.match(text.strip())
    return match[1] if match else None


def _headings(row: _Row) -> dict[str, _Cell]:
    """The columns that a row names, if it is the heading of a table."""
    found: dict[str, _Cell] = {}
    for cell in row.cells:
        text = re.sub(r"\s*\([^)]*\)|[:*]", "", cell.text).strip().lower()
        for column, pattern in _HEADINGS:
            if column not in found and re.fullmatch(pattern, text):
                found[column] = cell
                break
    return found if found.keys() >= _NEEDED else {}


def _table(rows: Sequence[_Row], style: Style) -> tuple[list[_Entry], list[tuple[str, Decimal]]]:
    """The lines of the invoice, and what stands below or between them with an amount alone."""
    body: list[list[_BodyRow]] = [[]]
    summary: list[tuple[str, Decimal]] = []
    columns: dict[str, _Cell] = {}
    section: str | None = None
    is_over = False
    for row in rows:
        headings = _headings(row)
        if headings:
            columns, is_over = headings, False
            body.append([])
            continue
        if not columns:
            continue
        cells = _placed(row, columns)
        is_line = not is_over and all(
            parse_number(cells.get(column, ""), style) is not None
            for column in ("quantity", "amount")
        )
        alone = None if is_line else _amount_alone(row, style)
        if alone:
            summary.append(alone)
            is_over = is_over or _is_total(alone[0])
            body.append([])
        elif not is_line and _SECTIONS.fullmatch(row.text.strip()):
            section = row.text.strip()
            body.append([])
        elif not is_over:
            body[-1].append(_BodyRow(row, cells, is_line, section))
    if not columns:
        raise VendorInvoiceError(
            "no table of lines was found: a heading with a description, a quantity and an amount"
        )
    entries = [entry for part in body for block in _blocks(part) for entry in _entries(block)]
    if not entries:
        raise VendorInvoiceError("no line with a quantity and an amount was found in its table")
    return entries, summary


def _blocks(rows: Sequence[_BodyRow]) -> list[list[_BodyRow]]:
    """Rows that stand closer than a table's rows do: those of one cell's text."""
    blocks: list[list[_BodyRow]] = []
    for body_row in rows:
        last = blocks[-1][-1].row if blocks else None
        row = body_row.row
        if last and last.page == row.page and row.top - last.top < _LEADING * row.height:
            blocks[-1].append(body_row)
        else:
            blocks.append([body_row])
    return blocks


def _entries(block: Sequence[_BodyRow]) -> list[_Entry]:
    """The lines of a block; a text without figures goes on with the line beside it.

    With one line in the block all texts are its own, wherever its figures stand. In a table without
    space between its rows they go on with the line above, whose description has begun.
    """
    lines = [row for row in block if row.is_line]
    if not lines:
        return []
    cells: list[dict[str, str]] = [{} for _ in lines]
    place = 0
    for row in block:
        if row.is_line:
            place = lines.index(row)
        for column, text in row.cells.items():
            cells[place][column] = f"{cells[place].get(column, '')} {text}".strip()
    return [_Entry(texts, line.section) for texts, line in zip(cells, lines, strict=True)]


def _placed(row: _Row, columns: dict[str, _Cell]) -> dict[str, str]:
    """Each cell under the heading that it is aligned with: left, right or centred."""
    placed: dict[str, str] = {}
    for cell in row.cells:
        column = min(columns, key=lambda name: _distance(cell, columns[name]))
        placed[column] = f"{placed.get(column, '')} {cell.text}".strip()
    return placed


def _distance(cell: _Cell, heading: _Cell) -> float:
    return min(
        abs(cell.left - heading.left),
        abs(cell.right - heading.right),
        abs(cell.left + cell.right - heading.left - heading.right) / 2,
    )


def _amount_alone(row: _Row, style: Style) -> tuple[str, Decimal] | None:
    """A label and the figure at its end, and nothing else."""
    if len(row.cells) == 1:
        words = row.cells[0].text.rsplit(" ", 1)
    else:
        words = [" ".join(cell.text for cell in row.cells[:-1]), row.cells[-1].text]
    if len(words) != 2:
        return None
    label = re.sub(rf"\s*\(?\b({'|'.join(CURRENCIES)})\)?$", "", words[0].strip(" :")).strip(" :")
    figure = parse_number(words[1], style)
    is_label = bool(_TOTAL.fullmatch(label) or _TAX.search(label))
    return (label, figure) if figure is not None and is_label else None


def _is_total(label: str) -> bool:
    match = _TOTAL.fullmatch(label.strip(" :"))
    return match is not None and match["grand"] is not None


def _line(entry: _Entry, style: Style, period: tuple[date, date] | None) -> PdfLine:
    cells = entry.cells
    description = cells.get("description", "")
    if "start" in cells or "end" in cells:
        dates = find_dates(f"{cells.get('start', '')} | {cells.get('end', '')}", style)
    elif "period" in cells:
        dates = find_dates(cells["period"], style)
    else:
        dates = find_dates(description, style)
        description = without_dates(description) if dates else description
    if not dates and period:
        dates = list(period)
    if not dates:
        raise VendorInvoiceError(f"no service period was found for the line {description!r}")
    if not description:
        raise VendorInvoiceError(f"a line of {cells.get('amount')} has no description")
    quantity = parse_number(cells["quantity"], style)
    amount = parse_number(cells["amount"], style)
    if quantity is None or amount is None:
        raise VendorInvoiceError(f"the figures of the line {description!r} cannot be read")
    return PdfLine(
        service_start=dates[0],
        service_end=max(dates[-1], dates[0]),
        description=description,
        quantity=quantity,
        rate=parse_number(cells.get("rate", ""), style),
        amount=amount,
        section=entry.section,
    )


def _first(dates: Sequence[date]) -> date | None:
    return dates[0] if dates else None


def _pair(dates: Sequence[date]) -> tuple[date, date] | None:
    return (dates[0], dates[1]) if len(dates) > 1 else None
