"""Physical lines to records (RFC 4180), so that a damaged line costs its own record only.

Nearly every block of a download has nothing but whole rows, one a line: polars reads it as it
stands. In any other block each line is looked at on its own: whole rows are parsed together; a line
with an open quote is joined with the next ones only if that makes one well-formed record of the
header's width and takes no whole row with it; what is left is rejected, line by line.

Forbidden: a quote inside an unquoted cell, text after a closing quote (both RFC 4180), NUL bytes,
bytes that are not UTF-8. Such a line is rejected alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from dagster_project.genesys.rows import REJECTS_SCHEMA

MAX_RECORD_LINES = 200
"""A quoted cell with more line breaks than this is an unterminated quote."""

_QUOTED = r'"[^"]*(?:""[^"]*)*"'
_CELL = rf'(?:{_QUOTED}|[^",]*)'
_ONE_CELL = re.compile(_CELL)
_RECORD = re.compile(rf"{_CELL}(?:,{_CELL})*")
_OPEN_RECORD = re.compile(rf'(?:{_CELL},)*"[^"]*(?:""[^"]*)*')
_QUOTED_TEXT = r'"[^"]*"'


@dataclass(frozen=True)
class Records:
    """What a block of lines holds.

    Attributes:
        cells: line_number and one String column per header cell, empty cells null.
        rejects: records that are no rows: REJECTS_SCHEMA, column_name null.
        count: records, counted by lines: those of `cells` and `rejects` together.
        blank_lines: lines with nothing or spaces only, outside of records.
        record_lines: lines that belong to the records.
        rest: the lines at the end whose record is not complete yet.
    """

    cells: pl.DataFrame
    rejects: pl.DataFrame
    count: int
    blank_lines: int
    record_lines: int
    rest: bytes
    _block: bytes = field(repr=False)
    _first_line: int
    _last_lines: dict[int, int] = field(default_factory=dict, repr=False)

    def raw(self, line_numbers: Sequence[int]) -> list[str]:
        """The records that start on these lines, as they stand in the file."""
        if not line_numbers:
            return []
        lines = readable(self._block).split("\n")
        return [
            "\n".join(
                lines[
                    number - self._first_line : self._last_lines.get(number, number)
                    - self._first_line
                    + 1
                ]
            ).removesuffix("\r")
            for number in line_numbers
        ]


def split_records(block: bytes, first_line: int, names: Sequence[str], *, is_last: bool) -> Records:
    """Split a block of whole lines into records.

    Args:
        block: lines, each with its line end.
        first_line: the number of the first one.
        names: a name for each cell of a row; their number is the header's width.
        is_last: no lines follow; an open quote stays open.
    """
    cells = _rectangular(block, names)
    if cells is not None:
        cells = cells.with_row_index("line_number", first_line).cast({"line_number": pl.Int64})
        count = cells.height
        return Records(cells, _no_rejects(), count, 0, count, b"", block, first_line)
    return _split_lines(block, first_line, names, is_last=is_last)


def readable(text: bytes) -> str:
    """Bytes as text, with a mark in the place of what is not UTF-8 and of NUL bytes."""
    return text.decode("utf-8", errors="replace").replace("\0", "\ufffd")


def record_end(lines: Sequence[str], start: int, width: int) -> int | None:
    """The last line of the record that starts on line `start` with an open quote.

    A line that is a whole row by itself, or has a whole row's commas as the first one has, belongs
    to no other record.

    Returns:
        The line's index; None: the quote is never closed so that a record of `width` results;
        `len(lines)`: the lines end before that is known.
    """
    text = lines[start]
    opens_like_a_row = text.count(",") >= width - 1
    for end in range(start + 1, start + MAX_RECORD_LINES):
        if not _OPEN_RECORD.fullmatch(text):
            return None
        if end >= len(lines):
            return len(lines)
        line = lines[end]
        is_row = _RECORD.fullmatch(line) is not None and record_width(line) == width > 1
        if is_row or (opens_like_a_row and width > 1 and line.count(",") >= width - 1):
            return None
        text = f"{text}\n{line}"
        if _RECORD.fullmatch(text):
            return end if record_width(text) == width else None
    return None


def is_record(text: str) -> bool:
    """Whether the text is one well-formed record."""
    return _RECORD.fullmatch(text) is not None


def record_width(text: str) -> int:
    """How many cells a well-formed record has."""
    return re.sub(_QUOTED_TEXT, "", text).count(",") + 1


def record_cells(text: str) -> tuple[str, ...]:
    """The cells of a well-formed record, without their quotes."""
    cells: list[str] = []
    at = 0
    while at <= len(text) and (match := _ONE_CELL.match(text, at)):
        cell = match.group()
        cells.append(cell[1:-1].replace('""', '"') if cell.startswith('"') else cell)
        at = match.end() + 1
    return tuple(cells)


def _rectangular(block: bytes, names: Sequence[str]) -> pl.DataFrame | None:
    """The cells of a block that has nothing but whole rows, one a line, else None.

    With quotes, one expression over the block proves it. Without, polars refuses a line that is
    too long, and ends one that is too short with an empty cell: only if the last column has such a
    cell need the commas be counted.
    """
    width = len(names)
    if width == 1 or b"\0" in block or not _is_utf8(block):
        return None
    if b'"' in block:
        rows = pl.Series([block]).cast(pl.String).str.contains(rf"\A(?:{_row(width)}\r?\n)*\z")
        return _read(block, names, quote='"') if rows.item() else None
    try:
        cells = _read(block, names, quote=None)
    except pl.exceptions.PolarsError:
        return None
    if cells.get_column(names[-1]).null_count():
        commas, lines = block.count(b","), block.count(b"\n")
        if cells.height != lines or commas != lines * (width - 1):
            return None
    return cells


def _row(width: int) -> str:
    """A whole row on one line, in the dialect of polars' regular expressions."""
    cell = r'(?:"[^"\n]*(?:""[^"\n]*)*"|[^",\n]*)'
    return rf"{cell}(?:,{cell}){{{width - 1}}}"


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read(block: bytes, names: Sequence[str], *, quote: str | None) -> pl.DataFrame:
    """The cells of whole rows; empty ones null, quoted or not."""
    schema = dict.fromkeys(names, pl.String())
    if not block:
        return pl.DataFrame(schema=schema)
    cells = pl.read_csv(
        block, has_header=False, schema=schema, quote_char=quote, infer_schema=False
    )
    if quote:
        cells = cells.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))
    return cells


def _split_lines(block: bytes, first_line: int, names: Sequence[str], *, is_last: bool) -> Records:
    """Line by line: whole rows are parsed together, of the others each is judged."""
    width = len(names)
    raw = block.split(b"\n")[:-1]
    damaged = _damage(raw)
    text = [line.removesuffix("\r") for line in readable(block).split("\n")[:-1]]
    line = pl.col("line")
    lines = pl.DataFrame({"line": text}, schema={"line": pl.String()}).with_row_index("place")
    is_row = (
        line.str.contains(f"^{_row(width)}$")
        & (line.str.strip_chars() != "")
        & ~pl.col("place").is_in(list(damaged))
    )
    others = lines.filter(~is_row).get_column("place").to_list()

    joined: dict[int, int] = {}
    rejects: list[tuple[int, str | None, str, str]] = []
    blank_lines, after, end = 0, 0, len(text)
    for place in others:
        if place < after:
            continue
        reason = damaged.get(place)
        if not text[place].strip():
            blank_lines += 1
            continue
        if reason is None and is_record(text[place]):
            reason = f"has {record_width(text[place])} cells, the header has {width}"
        elif reason is None:
            last = _joined_end(text, place, damaged, width)
            if last == len(text) and not is_last:
                end = place
                break
            if last is not None and last < len(text):
                joined[place] = last
                after = last + 1
                continue
            reason = "has a quote that is not closed, or one inside an unquoted cell"
        rejects.append((place + first_line, None, reason, text[place]))

    taken = [place for first, last in joined.items() for place in range(first, last + 1)]
    rows = lines.filter(is_row & (pl.col("place") < end) & ~pl.col("place").is_in(taken))
    cells = pl.concat([_cells_of(rows, names), _cells_of_joined(text, joined, names)])
    return Records(
        cells=cells.sort("place").select(
            (pl.col("place").cast(pl.Int64) + first_line).alias("line_number"), *names
        ),
        rejects=pl.DataFrame(rejects, schema=REJECTS_SCHEMA, orient="row"),
        count=rows.height + len(joined) + len(rejects),
        blank_lines=blank_lines,
        record_lines=rows.height + len(taken) + len(rejects),
        rest=b"".join(line + b"\n" for line in raw[end:]),
        _block=block,
        _first_line=first_line,
        _last_lines={first + first_line: last + first_line for first, last in joined.items()},
    )


def _damage(lines: Sequence[bytes]) -> dict[int, str]:
    """Lines that are no text, and why."""
    damaged = {}
    for place, line in enumerate(lines):
        if not line.isascii() and not _is_utf8(line):
            damaged[place] = "is not valid UTF-8"
        elif b"\0" in line:
            damaged[place] = "holds a NUL byte"
    return damaged


def _joined_end(text: Sequence[str], start: int, damaged: dict[int, str], width: int) -> int | None:
    """As `record_end`, in lines of which some are damaged and belong to no record."""
    lines = text[start : start + MAX_RECORD_LINES]
    length = record_end(lines, 0, width)
    if length is None or any(start + place in damaged for place in range(length + 1)):
        return None
    return start + length


def _cells_of(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The cells of lines that are whole rows, with the place of each."""
    block = "".join(f"{line}\n" for line in rows.get_column("line")).encode()
    cells = _read(block, names, quote='"')
    if cells.height != rows.height:
        msg = f"{rows.height} lines were read as {cells.height} rows"
        raise AssertionError(msg)
    return cells.insert_column(0, rows.get_column("place"))


def _cells_of_joined(
    text: Sequence[str], joined: dict[int, int], names: Sequence[str]
) -> pl.DataFrame:
    """The cells of records over several lines, with the place of each one's first line."""
    rows = [
        (first, *record_cells("\n".join(text[first : last + 1]))) for first, last in joined.items()
    ]
    cells = pl.DataFrame(
        rows, schema={"place": pl.UInt32(), **dict.fromkeys(names, pl.String())}, orient="row"
    )
    return cells.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))


def _no_rejects() -> pl.DataFrame:
    return pl.DataFrame(schema=REJECTS_SCHEMA)
