"""Reading a landed file: bytes in, typed rows and rejects out, and every line accounted for.

A file is read block by block, so that memory stays bounded whatever its size. Nothing is dropped
without a count: lines = header + blank + lines of records, records read = loaded + rejected +
duplicate, in rows and in money (REC-5). A reader that breaks this stops the run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from dagster_project.errors import LandingError
from dagster_project.genesys.containers import CHUNK, Content
from dagster_project.genesys.header import FileRejectedError
from dagster_project.genesys.parts import Piece
from dagster_project.genesys.records import Records, split_records
from dagster_project.genesys.report import Report
from dagster_project.genesys.rows import REJECTS_SCHEMA, TypedRows, type_cells

OPEN_ENDED = datetime(9999, 12, 31)  # noqa: DTZ001 (all instants are UTC without a zone)
ROW_GROUP = 122_880
_AHEAD = 1
"""Blocks that are split while the one before is given its types; so much of a file is held."""
_BOM = b"\xef\xbb\xbf"


@dataclass
class Tally:
    """What a file held, counted while it is read (ops.files)."""

    lines: int = 0
    header_lines: int = 0
    blank_lines: int = 0
    record_lines: int = 0
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_duplicate: int = 0
    money_read: Decimal = Decimal(0)
    money_loaded: Decimal = Decimal(0)
    money_rejected: Decimal = Decimal(0)
    money_duplicate: Decimal = Decimal(0)
    first_at: datetime | None = None
    last_at: datetime | None = None
    notes: list[str] = field(default_factory=list)

    def verify(self) -> None:
        """Assert conservation (REC-5).

        Raises:
            LandingError: a line, row or amount is unaccounted for: a defect of the reader.
        """
        accounts = {
            "lines": (self.lines, self.header_lines + self.blank_lines + self.record_lines),
            "rows": (
                self.rows_read,
                self.rows_loaded + self.rows_rejected + self.rows_duplicate,
            ),
            "money": (
                self.money_read,
                self.money_loaded + self.money_rejected + self.money_duplicate,
            ),
        }
        for what, (whole, parts) in accounts.items():
            if whole != parts:
                msg = f"{what} do not add up: {whole} read, {parts} accounted for."
                raise LandingError(msg)

    def note(self, text: str) -> None:
        """Add what a person should know about the file, once."""
        if text not in self.notes:
            self.notes.append(text)

    def widen(self, rows: pl.DataFrame, report: Report) -> None:
        """Take the time that loaded rows touch into first_at and last_at."""
        if report.starts is None or not rows.height:
            return
        starts = rows.get_column(report.starts)
        ends = starts if report.ends is None else rows.get_column(report.ends)
        is_open = report.ends is not None and ends.null_count() > 0
        first, last = _instant(starts.min()), OPEN_ENDED if is_open else _instant(ends.max())
        self.first_at = min(filter(None, (self.first_at, first)), default=None)
        self.last_at = max(filter(None, (self.last_at, last)), default=None)


@dataclass(frozen=True)
class Batch:
    """Some rows of a file: `report.schema`, and REJECTS_SCHEMA, each in the order of lines."""

    rows: pl.DataFrame
    rejects: pl.DataFrame


def read_pieces(pieces: Sequence[Piece], report: Report, tally: Tally) -> Iterator[Batch]:
    """Read the contents of one landed file; line numbers run on over them.

    Args:
        pieces: the file's contents, in order.
        report: their columns.
        tally: takes the counts; verified when the last batch has been taken.

    Raises:
        FileRejectedError: an archive turns out to be damaged.
        LandingError: conservation is broken.
    """
    for piece in pieces:
        if piece.header.extra:
            kept_out = ", ".join(name or "(unnamed)" for name in piece.header.extra)
            tally.note(f"columns kept out: {kept_out}")
        if not piece.is_headed:
            tally.note("a continuation: its header is that of the part before it")
        if piece.taken:
            tally.note("its last row is completed by the part after it")
        if piece.given:
            tally.note("its first line completes the last row of the part before it")
        yield from _read_piece(piece, report, tally)
    tally.verify()


def read_rows(
    batches: Iterator[Batch], report: Report, tally: Tally
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All rows and rejects of a file; rows equal in every column count once, but in a document.

    Of equal rows the last one stays: where the latest row of a key wins, dropping a later one
    could let a row between them win.
    """
    rows, rejects = [pl.DataFrame(schema=report.schema)], [pl.DataFrame(schema=REJECTS_SCHEMA)]
    for batch in batches:
        rows.append(batch.rows)
        rejects.append(batch.rejects)
    table = pl.concat(rows)
    if report.keeps_equal_rows:
        tally.verify()
        return table, pl.concat(rejects)
    unique = table.unique(
        [column.name for column in report.columns], keep="last", maintain_order=True
    )
    duplicate = table.height - unique.height
    tally.rows_loaded -= duplicate
    tally.rows_duplicate += duplicate
    tally.verify()
    return unique, pl.concat(rejects)


def write_rows(batches: Iterator[pl.DataFrame], schema: dict[str, pl.DataType], path: Path) -> None:
    """Write batches of rows to one Parquet file as they come, in their order.

    Args:
        batches: frames of `schema`.
        schema: the file's columns.
        path: overwritten.
    """

    def source(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        del with_columns, predicate, n_rows, batch_size  # a plain sink asks for everything
        yield from batches

    register_io_source(source, schema=schema).sink_parquet(
        path,
        compression="zstd",
        compression_level=1,
        row_group_size=ROW_GROUP,
        maintain_order=True,
    )


def count_lines(contents: Sequence[Content]) -> Tally:
    """The lines of a file that is rejected as a whole; none if it is damaged."""
    tally = Tally()
    try:
        for content in contents:
            for block, _ in _blocks(content, tally):
                tally.record_lines += sum(1 for line in block.split(b"\n") if line.strip())
    except FileRejectedError:
        return Tally()
    tally.blank_lines = tally.lines - tally.record_lines
    return tally


def _read_piece(piece: Piece, report: Report, tally: Tally) -> Iterator[Batch]:
    """The batches of one content. Cells get their types beside the splitting of the next block."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        ahead: deque[tuple[Records, Future[TypedRows]]] = deque()
        for records in _records(piece, tally):
            ahead.append((records, beside.submit(type_cells, records.cells, report)))
            if len(ahead) > _AHEAD:
                first, typed = ahead.popleft()
                yield _batch(first, typed.result(), report, tally)
        for records, typed in ahead:
            yield _batch(records, typed.result(), report, tally)


def _records(piece: Piece, tally: Tally) -> Iterator[Records]:
    number = tally.lines + 1
    rest = b""
    is_first = True
    names = piece.header.names
    for block, is_last in _blocks(piece.content, tally, piece.taken):
        if is_first:
            block, number = _after_start(block, number, piece, tally)  # noqa: PLW2901
            is_first = False
        records = split_records(rest + block, number, names, is_last=is_last)
        number += records.blank_lines + records.record_lines
        rest = records.rest
        tally.blank_lines += records.blank_lines
        tally.record_lines += records.record_lines
        tally.rows_read += records.count
        yield records
    tally.record_lines -= piece.taken_lines


def _after_start(block: bytes, number: int, piece: Piece, tally: Tally) -> tuple[bytes, int]:
    """The first block without what is no row of this file, and the number of its next line."""
    block = block.removeprefix(_BOM)
    if piece.given:
        block = block[len(piece.given) :] if piece.given.endswith(b"\n") else b""
        tally.record_lines += piece.given_lines
        number += piece.given_lines
    if piece.is_headed:
        line = b""
        while not line.strip():
            line, _, block = block.partition(b"\n")
            number += 1
            tally.blank_lines += not line.strip()
        tally.header_lines += 1
    return block, number


def _batch(records: Records, typed: TypedRows, report: Report, tally: Tally) -> Batch:
    failures = typed.failures.with_columns(
        pl.Series("raw", records.raw(typed.failures.get_column("line_number").to_list()), pl.String)
    )
    rejects = pl.concat([records.rejects, failures]).sort("line_number")
    tally.rows_loaded += typed.rows.height
    tally.rows_rejected += rejects.height
    tally.money_read += typed.money_read
    tally.money_loaded += typed.money_loaded
    tally.money_rejected += typed.money_rejected
    tally.widen(typed.rows, report)
    return Batch(typed.rows, rejects)


def _blocks(content: Content, tally: Tally, taken: bytes = b"") -> Iterator[tuple[bytes, bool]]:
    """Blocks of whole lines, and whether it is the last; counts the content's own lines.

    The last block ends with what is taken from the next part, and always with a line end.
    """
    held: list[bytes | memoryview] = []
    size, last = 0, b"\n"
    for chunk in content.open():
        if not chunk:
            continue
        tally.lines += chunk.count(b"\n")
        last = chunk[-1:]
        size += len(chunk)
        end = chunk.rfind(b"\n") + 1
        if size >= CHUNK and end:
            # (a view: a block is copied once)
            yield b"".join([*held, memoryview(chunk)[:end]]), False
            held, size = [chunk[end:]], len(chunk) - end
        else:
            held.append(chunk)
    tally.lines += last != b"\n"
    block = b"".join(held) + taken
    yield block if block.endswith(b"\n") or not block else block + b"\n", True


def _instant(value: object) -> datetime | None:
    """A column's minimum or maximum as an instant; a date is its midnight."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return None
