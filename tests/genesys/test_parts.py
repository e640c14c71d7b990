"""Split parts: a table cut at any byte reads like the whole."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.genesys import REPORTS
from dagster_project.genesys.containers import Content
from dagster_project.genesys.header import FileRejectedError
from dagster_project.genesys.parts import Parts, cut_record
from dagster_project.genesys.reading import Tally, read_pieces

RESOURCES = REPORTS["resources_usage"]
HEADER = b"Date,Resource,Quantity,Unit\n"
ROWS = [
    b"2026-01-01,IVR Minutes,5,minutes\n",
    b'2026-01-02,"IVR, Minutes","1,000",minutes\n',
    b"2026-01-03,B\xc3\xbcro,7.5,\n",
    b'2026-01-04,"two\nlines",8,gb\n',
    b"2026-01-05,IVR Minutes,9,minutes\n",
]
WHOLE = HEADER + b"".join(ROWS)


def content(name: str, text: bytes) -> Content:
    return Content(name, lambda: iter([text]))


def parts_of(*texts: bytes) -> Parts:
    contents = [content(f"{place}.csv", text) for place, text in enumerate(texts)]
    return Parts(contents, RESOURCES, {})


def read(*texts: bytes) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[Tally]]:
    """Each text as a file of its own: rows without line numbers, rejects, tallies."""
    parts = parts_of(*texts)
    rows, rejects, tallies = [], [], []
    for place in range(len(texts)):
        tally = Tally()
        for batch in read_pieces([parts.piece(place)], RESOURCES, tally):
            rows += batch.rows.drop("line_number").rows()
            rejects += batch.rejects.rows()
        tallies.append(tally)
    return rows, rejects, tallies


WHOLE_ROWS = read(WHOLE)[0]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("is_last_line_ended", [True, False])
def test_a_table_cut_at_any_byte_reads_like_the_whole(end: str, is_last_line_ended: bool) -> None:
    text = WHOLE.replace(b"\n", end.encode())
    text = text if is_last_line_ended else text.removesuffix(end.encode())
    for cut in range(len(HEADER) + len(end), len(text)):
        first, second = text[:cut], text[cut:]
        rows, rejects, tallies = read(first, second)
        assert rejects == [], cut
        assert rows == WHOLE_ROWS, cut
        for part, tally in zip((first, second), tallies, strict=True):
            assert tally.lines == part.count(b"\n") + (not part.endswith(b"\n"))


@given(st.lists(st.integers(len(HEADER) + 1, len(WHOLE) - 1), unique=True, max_size=4))
def test_a_table_cut_into_several_parts_loses_no_line(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WHOLE)]
    texts = [WHOLE[a:b] for a, b in itertools.pairwise(edges)]
    parts = parts_of(*texts)
    for place in range(len(texts)):
        try:
            piece = parts.piece(place)
        except FileRejectedError:
            continue  # a sliver of a row, of no table's width
        list(read_pieces([piece], RESOURCES, Tally()))  # verifies that lines and rows add up


def test_a_cut_row_counts_in_the_part_it_starts_in() -> None:
    first, second = HEADER + ROWS[0] + ROWS[4][:14], ROWS[4][14:] + ROWS[0]
    _, _, (one, two) = read(first, second)
    assert (one.lines, one.record_lines, one.rows_loaded) == (3, 2, 2)
    assert (two.lines, two.record_lines, two.rows_loaded) == (2, 2, 1)
    assert one.notes == ["its last row is completed by the part after it"]
    assert two.notes[0].startswith("a continuation")


def test_a_last_line_without_a_line_end_is_a_row_if_the_next_line_is_one_too() -> None:
    rows, rejects, _ = read(HEADER + ROWS[0].rstrip(), ROWS[4])
    assert len(rows) == 2
    assert rejects == []


def test_a_header_in_every_part_is_a_table_in_every_part() -> None:
    parts = parts_of(HEADER + ROWS[0].rstrip(), HEADER + ROWS[4])
    assert not parts.continues(1)
    assert parts.taken_from_next(0) == b""


def test_a_part_may_continue_a_part() -> None:
    rows, rejects, _ = read(HEADER + ROWS[0], ROWS[2], ROWS[4])
    assert len(rows) == 3
    assert rejects == []


def test_a_file_of_another_width_is_no_part_and_has_no_header() -> None:
    with pytest.raises(FileRejectedError, match='"Date" of resources_usage is missing'):
        parts_of(HEADER + ROWS[0], b"1,2,3,4,5,6\n").piece(1)


@pytest.mark.parametrize(
    "line", [b"Day,Ressource,Quantities,Units\n", b"Tag,Mittel,Menge,Einheit\n"]
)
def test_a_wrong_header_of_the_same_width_is_not_taken_for_a_row(line: bytes) -> None:
    with pytest.raises(FileRejectedError, match="missing"):
        parts_of(HEADER + ROWS[0], line + ROWS[4]).piece(1)


@pytest.mark.parametrize("place", range(1, 60))
def test_the_rest_of_a_cut_row_is_no_header_whatever_it_says(place: int) -> None:
    table = b"Charge Name,Entity,Timestamp\n"
    row = b"Genesys Cloud CX 2 Hourly User,user0@x.example,2026-03-01T10:30:00Z\n"
    aliases = {"billable_usage": {"user": "Entity"}}
    contents = [content("1.csv", table + row + row[:place]), content("2.csv", row[place:] + row)]
    parts = Parts(contents, REPORTS["billable_usage"], aliases)
    tally = Tally()
    pieces = [parts.piece(0), parts.piece(1)]
    loaded = [batch.rows.height for batch in read_pieces(pieces, REPORTS["billable_usage"], tally)]
    assert sum(loaded) + tally.rows_duplicate == 3
    assert tally.rows_rejected == 0


def test_a_damaged_first_row_does_not_make_a_part_a_stranger() -> None:
    rows, rejects, _ = read(HEADER + ROWS[0], b"2026-01-09,x,?,\n" + ROWS[4])
    assert len(rows) == 2
    assert [reject[:2] for reject in rejects] == [(1, "Quantity")]


def test_the_first_part_needs_a_header() -> None:
    with pytest.raises(FileRejectedError, match="headers found: 2026-01-01, IVR Minutes"):
        parts_of(ROWS[0], HEADER + ROWS[4]).piece(0)


def test_a_part_of_a_part_without_header_has_none() -> None:
    with pytest.raises(FileRejectedError):
        parts_of(ROWS[0], ROWS[4]).piece(1)


def test_packed_parts_are_joined_too(tmp_path: Path) -> None:
    first, second = WHOLE[:45], WHOLE[45:]
    texts = [gzip.decompress(gzip.compress(text)) for text in (first, second)]
    assert read(*texts)[0] == WHOLE_ROWS


@pytest.mark.parametrize(
    ("before", "after", "taken"),
    [
        (b"1,2,", b"3\n4,5,6\n", b"3\n"),
        (b"1,2,3", b"\n4,5,6\n", b"\n"),
        (b"1,2,3\r", b"\n4,5,6\n", b"\n"),
        (b"1,2,3\n", b"4,5,6\n", b""),
        (b"1,2,3", b"4,5,6\n", b""),
        (b"1,2", b"4,5,6\n", b""),
        (b'1,2,"a\n', b'b"\n4,5,6\n', b'b"\n'),
        (b'1,2,"a\nb\n', b'\nc"\n4,5,6\n', b'\nc"\n'),
        (b'1,2,"a', b'b"\n', b'b"\n'),
        (b"1,2,\xc3", b"\xa9\n", b"\xa9\n"),
        (b"1,2,", b"3", b"3"),
        (b"", b"1,2,3\n", b""),
        (b"1,2,", b"", b""),
    ],
)
def test_a_record_is_cut_only_if_both_ends_make_one(
    before: bytes, after: bytes, taken: bytes
) -> None:
    assert cut_record(before, after, 3) == taken


def test_money_and_rows_are_conserved_over_parts() -> None:
    voice = REPORTS["voice_usage"]
    header = (
        b"SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds),"
        b"Total cost\n"
    )
    rows = b"".join(
        b"sip-%d,+1,+2,Domestic,outbound,2026-03-01T00:00:0%dZ,6,0.000%d\n" % (n, n, n)
        for n in range(1, 9)
    )
    whole = header + rows
    for cut in range(len(header) + 1, len(whole), 7):
        parts = Parts([content("a", whole[:cut]), content("b", whole[cut:])], voice, {})
        tallies = [Tally(), Tally()]
        frames = [
            batch.rows
            for place, tally in enumerate(tallies)
            for batch in read_pieces([parts.piece(place)], voice, tally)
        ]
        assert pl.concat(frames).height == 8
        assert str(sum(tally.money_loaded for tally in tallies)) == "0.003600"
