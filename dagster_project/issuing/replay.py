"""Recomputes an issued invoice from its recorded inputs, apart from all that came later.

The inputs are laid out in a data directory of their own: links to the landed files that still have
their recorded content, the contract and the reference files from books/inputs, the books as they
were. A run there must give the same invoice, line by line.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster_project.books import append_to_book, read_book
from dagster_project.errors import UsageError
from dagster_project.genesys.containers import content_hash
from dagster_project.issuing.book import (
    IssuedInvoice,
    as_written,
    book_path,
    current_product,
    read_issued,
)
from dagster_project.nearest import nearest_names
from dagster_project.settings import Settings
from dagster_project.warehouse import published

if TYPE_CHECKING:
    import duckdb

    from dagster_project.progress import Progress

_COMPARED = (
    "line_number",
    "section",
    "charge_code",
    "description",
    "service_start",
    "service_end",
    "quantity",
    "unit",
    "rate",
    "amount",
    "rule_id",
)
_TOTALS = ("currency", "subtotal", "tax", "total")


@dataclass(frozen=True)
class Replay:
    """What came of recomputing an issued invoice.

    Attributes:
        invoice: as the book has it.
        missing: inputs that are gone or changed, a sentence each; then nothing was recomputed.
        differences: what differs from the book, a sentence each.
        is_same_product: whether the rules and the catalogue are those that computed it.
    """

    invoice: IssuedInvoice
    missing: tuple[str, ...]
    differences: tuple[str, ...]
    is_same_product: bool

    @property
    def is_identical(self) -> bool:
        """Whether the inputs are all there and give the same invoice."""
        return not self.missing and not self.differences


def replay(settings: Settings, name: str, progress: Progress) -> Replay:
    """Recomputes one issued invoice and compares it with the book, line by line.

    Args:
        settings: the data directory; nothing in it is changed.
        name: the invoice's number or id.
        progress: told about stages and steps.

    Raises:
        UsageError: no such invoice was issued.
        CxLedgerError: the run on the recorded inputs failed.
    """
    invoice = find_issued(settings, name)
    is_same_product = invoice.product == current_product()
    progress.stage("Checking the inputs")
    files, missing = _recorded_files(settings, invoice)
    missing += _missing_contents(settings, invoice)
    if missing:
        return Replay(invoice, tuple(missing), (), is_same_product)
    with recomputed(settings, invoice, files, progress) as con:
        differences = _differences(con, invoice)
    return Replay(invoice, (), tuple(differences), is_same_product)


def find_issued(settings: Settings, name: str) -> IssuedInvoice:
    """The issued invoice of a number or an id.

    Raises:
        UsageError: there is none; the nearest are named.
    """
    names: dict[str, IssuedInvoice] = {}
    for invoice in read_issued(settings):
        names[invoice.invoice_id] = names[invoice.invoice_number] = invoice
    if name not in names:
        hint = nearest_names(name, names) or "No invoice is issued yet."
        raise UsageError(f"no invoice {name} was issued. {hint}")
    return names[name]


@contextmanager
def recomputed(
    settings: Settings, invoice: IssuedInvoice, files: Mapping[Path, Path], progress: Progress
) -> Iterator[duckdb.DuckDBPyConnection]:
    """What a run on the recorded inputs publishes, as long as the context is open.

    Args:
        settings: where the inputs are.
        invoice: what to recompute.
        files: place in the data directory, relative → the file that has its recorded content.
        progress: told about stages and steps.
    """
    from dagster_project.runner import run_months

    with tempfile.TemporaryDirectory(prefix="cxledger-replay-") as folder:
        then = Settings.load(Path(folder))
        _lay_out(settings, then, invoice, files)
        month = date.fromisoformat(invoice.invoice["invoice_month"])
        run_months(then, [month], [invoice.org], date.fromisoformat(invoice.as_of), progress)
        try:
            with published(then) as con:
                yield con
        finally:
            settings.export()


def _recorded_files(
    settings: Settings, invoice: IssuedInvoice
) -> tuple[dict[Path, Path], list[str]]:
    """Each recorded file under its first name, and where it lies now; what is gone or changed."""
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in read_book(settings.books / "files.jsonl")[0]:
        entries[entry["file_id"]].append(entry)
    found, missing = {}, []
    for file_id in invoice.inputs["files"]:
        names = entries[file_id]
        if not names:
            missing.append(f"file {file_id} is not in books/files.jsonl")
            continue
        paths = [settings.data / entry["path"] for entry in names]
        path = next((path for path in paths if _holds(path, names[0]["sha256"])), None)
        if path:
            found[Path(names[0]["path"])] = path
        else:
            state = "changed" if any(path.is_file() for path in paths) else "missing"
            missing.append(f"{names[0]['path']} (file {file_id}) is {state}")
    return found, missing


def _missing_contents(settings: Settings, invoice: IssuedInvoice) -> list[str]:
    contents = {
        f"contracts/{invoice.org}.yml": invoice.inputs["contract"],
        **{f"reference/{name}": digest for name, digest in invoice.inputs["reference"].items()},
    }
    return [
        f"books/inputs/{digest} ({name}) is {'changed' if path.is_file() else 'missing'}"
        for name, digest in contents.items()
        if not _holds(path := settings.books / "inputs" / digest, digest)
    ]


def _holds(path: Path, sha256: str) -> bool:
    return path.is_file() and content_hash(path) == sha256


def _lay_out(
    settings: Settings, then: Settings, invoice: IssuedInvoice, files: Mapping[Path, Path]
) -> None:
    inputs = settings.books / "inputs"
    contents = {
        then.contracts / f"{invoice.org}.yml": inputs / invoice.inputs["contract"],
        **{
            then.reference / name: inputs / digest
            for name, digest in invoice.inputs["reference"].items()
        },
        **{then.data / place: path for place, path in files.items()},
    }
    for place, path in contents.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(path)
    ids, accepted = set(invoice.inputs["files"]), set(invoice.inputs["accepted"])
    landed = [
        entry
        for entry in read_book(settings.books / "files.jsonl")[0]
        if entry["file_id"] in ids and Path(entry["path"]) in files
    ]
    append_to_book(then.books / "files.jsonl", landed)
    append_to_book(
        then.books / "accepted.jsonl",
        [
            entry
            for entry in read_book(settings.books / "accepted.jsonl")[0]
            if entry["file_id"] in accepted
        ],
    )
    append_to_book(
        book_path(then),
        [
            asdict(earlier)
            for earlier in read_issued(settings)
            if earlier.org == invoice.org and earlier.number_in_org < invoice.number_in_org
        ],
    )


def _differences(con: duckdb.DuckDBPyConnection, invoice: IssuedInvoice) -> list[str]:
    lines = _rows(
        con,
        f"select line_id, {', '.join(_COMPARED)} from marts.invoice_lines where invoice_id = ?",
        invoice.invoice_id,
    )
    now = {line["line_id"]: line for line in lines}
    then = {line["line_id"]: line for line in invoice.lines}
    differences = []
    for line_id in sorted(now.keys() | then.keys()):
        if line_id not in now:
            differences.append(f"{line_id}: was issued, is not computed")
        elif line_id not in then:
            differences.append(f"{line_id}: is computed, was not issued")
        else:
            differences += _of_a_row(line_id, then[line_id], now[line_id], _COMPARED)
    headers = _rows(
        con,
        f"select {', '.join(_TOTALS)} from marts.invoices where invoice_id = ?",
        invoice.invoice_id,
    )
    if not headers:
        return [*differences, f"{invoice.invoice_id}: is not computed at all"]
    return [*differences, *_of_a_row(invoice.invoice_id, invoice.invoice, headers[0], _TOTALS)]


def _of_a_row(
    subject: str, then: Mapping[str, Any], now: Mapping[str, Any], names: Sequence[str]
) -> list[str]:
    return [
        f"{subject}: {name} was {then[name]}, is {now[name]}"
        for name in names
        if then[name] != now[name]
    ]


def _rows(con: duckdb.DuckDBPyConnection, query: str, invoice_id: str) -> list[dict[str, Any]]:
    result = con.execute(query, [invoice_id])
    names = [column[0] for column in result.description]
    return [
        {name: as_written(value) for name, value in zip(names, row, strict=True)}
        for row in result.fetchall()
    ]
