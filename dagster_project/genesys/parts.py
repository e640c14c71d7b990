"""Split parts: files of one folder, or members of one zip, that are one table cut in pieces.

A content whose first line is no header continues the one before it by name if its width fits. If
the one before ends inside a record (no line end, or an open quote), and its last line and the first
line here make one record of the header's width, that record belongs to the one before: splitters
cut rows. Else they are two rows. A row cut into three parts is not put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dagster_project.genesys.containers import Content
from dagster_project.genesys.header import (
    Aliases,
    FileRejectedError,
    Header,
    match_header,
    resembles_header,
)
from dagster_project.genesys.records import (
    is_record,
    readable,
    record_cells,
    record_end,
    record_width,
)
from dagster_project.genesys.report import Kind, Report

_BOM = b"\xef\xbb\xbf"
_LOOKED_AT = 20
"""Lines around a cut that may belong to one record."""


@dataclass(frozen=True)
class Piece:
    """A content, with what its neighbours mean for it.

    Attributes:
        content: the bytes.
        header: its own header, or that of the one it continues.
        is_headed: its own: the first line with something in it is the header.
        given: its start that belongs to the record before; not read here.
        taken: the start of the next content that completes its last record; read here.
        is_line_cut: its last line goes on in `taken`.
    """

    content: Content
    header: Header
    is_headed: bool = True
    given: bytes = b""
    taken: bytes = b""
    is_line_cut: bool = False

    @property
    def given_lines(self) -> int:
        """Lines here, read with the part before."""
        return line_count(self.given)

    @property
    def taken_lines(self) -> int:
        """Lines of the next part that are read here, besides the end of this one's last line."""
        return line_count(self.taken) - self.is_line_cut


class Parts:
    """Contents in name order, and which of them continue which.

    Looks at starts and ends only, and at each once.
    """

    def __init__(self, contents: Sequence[Content], report: Report, aliases: Aliases) -> None:
        self._contents = contents
        self._report = report
        self._aliases = aliases
        self._starts: dict[int, bytes] = {}
        self._ends: dict[int, bytes] = {}
        self._own_headers: dict[int, Header | FileRejectedError] = {}
        self._headers: dict[int, Header | FileRejectedError] = {}
        self._cuts: dict[int, bytes] = {}

    def piece(self, place: int) -> Piece:
        """A content, ready to be read.

        Raises:
            FileRejectedError: it has no header, or one that lacks a required column.
        """
        header = self.header(place)
        taken = self.taken_from_next(place)
        return Piece(
            content=self._contents[place],
            header=header,
            is_headed=not self.continues(place),
            given=self.taken_by_previous(place),
            taken=taken,
            is_line_cut=taken != b"" and not self._end(place).endswith(b"\n"),
        )

    def header(self, place: int) -> Header:
        """The header of a content: its own, or that of the one it continues.

        Raises:
            FileRejectedError: it has none, or one that lacks a required column.
        """
        if place not in self._headers:
            found = self._own_header(place)
            if isinstance(found, FileRejectedError):
                found = self._inherited_header(place) or found
            self._headers[place] = found
        found = self._headers[place]
        if isinstance(found, FileRejectedError):
            raise found
        return found

    def continues(self, place: int) -> bool:
        """Whether a content has no header of its own."""
        return isinstance(self._own_header(place), FileRejectedError)

    def taken_by_previous(self, place: int) -> bytes:
        """The start of a content that belongs to the last record of the one before it."""
        if place == 0 or not self.continues(place):
            return b""
        try:
            header = self.header(place - 1)
        except FileRejectedError:
            return b""
        return self._cut(place, header)

    def taken_from_next(self, place: int) -> bytes:
        """The start of the next content that belongs to the last record of this one."""
        return self.taken_by_previous(place + 1) if place + 1 < len(self._contents) else b""

    def _start(self, place: int) -> bytes:
        if place not in self._starts:
            self._starts[place] = self._contents[place].start()
        return self._starts[place]

    def _end(self, place: int) -> bytes:
        if place not in self._ends:
            self._ends[place] = self._contents[place].end()
        return self._ends[place]

    def _own_header(self, place: int) -> Header | FileRejectedError:
        if place not in self._own_headers:
            try:
                self._own_headers[place] = self._read_header(place)
            except FileRejectedError as error:
                self._own_headers[place] = error
        return self._own_headers[place]

    def _read_header(self, place: int) -> Header:
        start = self._start(place)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:64]:
            msg = "the file is UTF-16, not UTF-8. Save it as UTF-8 and land it again."
            raise FileRejectedError(msg)
        line = first_line(start)
        if not line:
            msg = "the file is empty. Download it again."
            raise FileRejectedError(msg)
        if not is_record(line):
            msg = f"the header has a quote that is not closed: {line[:200]}"
            raise FileRejectedError(msg)
        return match_header(record_cells(line), self._report, self._aliases)

    def _inherited_header(self, place: int) -> Header | None:
        if place == 0:
            return None
        try:
            header = self.header(place - 1)
        except FileRejectedError:
            return None
        # a row cut in two says it all; its rest may look like a header ("… Hourly| User,ann@…")
        if self._cut(place, header):
            return header
        lines = lines_of(self._start(place))
        if self._is_header_like(first_line(self._start(place)), header):
            return None
        fits = any(
            is_record(line) and record_width(line) == header.width for line in lines[:_LOOKED_AT]
        )
        return header if fits else None

    def _is_header_like(self, line: str, header: Header) -> bool:
        """Whether a first line is a (wrong) header: known names, or words in place of numbers."""
        if not is_record(line):
            return False
        cells = record_cells(line)
        if resembles_header(cells, self._report, self._aliases):
            return True
        values = [
            cells[place]
            for column in self._report.columns
            if column.kind not in {Kind.TEXT, Kind.BOOLEAN}
            and (place := header.places.get(column.name)) is not None
            and len(cells) == header.width
            and cells[place].strip()
        ]
        return bool(values) and not any(char.isdigit() for cell in values for char in cell)

    def _cut(self, place: int, header: Header) -> bytes:
        """The bytes of the content's start that complete the record before the cut."""
        if place not in self._cuts:
            before = self._end(place - 1)
            self._cuts[place] = cut_record(before, self._start(place), header.width)
        return self._cuts[place]


def cut_record(before: bytes, after: bytes, width: int) -> bytes:
    """The start of `after` that belongs to the record that `before` ends in.

    Args:
        before: the end of a part.
        after: the start of the next one.
        width: of the header.

    Returns:
        Whole lines of `after`; empty: no record is cut.
    """
    is_line_cut = bool(before) and not before.endswith(b"\n")
    head = (after if after.endswith(b"\n") else after + b"\n").split(b"\n")[:-1][:_LOOKED_AT]
    tail = before.split(b"\n")[-_LOOKED_AT:]
    if not head or not before:
        return b""
    if is_line_cut:
        both = [*tail[:-1], tail[-1] + head[0], *head[1:]]
        seam = len(tail) - 1
    else:
        both = [*tail[:-1], *head]
        seam = len(tail) - 2
    lines = [readable(line).removesuffix("\r") for line in both]
    for start in range(seam, -1, -1):
        text = lines[start]
        if is_record(text):
            if start == seam and is_line_cut and record_width(text) == width:
                return _whole_lines(after, head[:1])
            continue
        end = record_end(lines, start, width)
        if end is not None and seam < end < len(lines):
            return _whole_lines(after, head[: end - seam + is_line_cut])
        if end is not None and start < seam and end == seam and is_line_cut:
            return _whole_lines(after, head[:1])
    return b""


def line_count(text: bytes) -> int:
    """Physical lines, the last one without a line end included."""
    return text.count(b"\n") + (text != b"" and not text.endswith(b"\n"))


def first_line(start: bytes) -> str:
    """The first line with something in it; empty: there is none."""
    return next((line for line in lines_of(start) if line.strip()), "")


def lines_of(start: bytes) -> list[str]:
    """The lines of a content's start, without a byte order mark and line ends."""
    return [line.removesuffix("\r") for line in readable(start.removeprefix(_BOM)).split("\n")]


def _whole_lines(text: bytes, lines: Sequence[bytes]) -> bytes:
    """As much of the text as these first lines of it, their line ends included."""
    return text[: sum(len(line) + 1 for line in lines)]
