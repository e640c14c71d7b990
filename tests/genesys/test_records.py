"""Physical lines to records: a damaged line costs its own record only."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.genesys import records as module
from dagster_project.genesys.records import Records, record_cells, split_records

NAMES = ("a", "b", "c")


def split(text: str | bytes, *, is_last: bool = True) -> Records:
    block = text if isinstance(text, bytes) else text.encode()
    return split_records(block, 2, NAMES, is_last=is_last)


def test_a_rectangular_block_is_read_as_it_stands() -> None:
    records = split("1,2,3\r\n4,,6\r\n")
    assert records.cells.rows() == [(2, "1", "2", "3"), (3, "4", None, "6")]
    assert (records.count, records.blank_lines, records.record_lines) == (2, 0, 2)


def test_blank_lines_are_counted_and_keep_their_place() -> None:
    records = split("1,2,3\n\n   \n4,5,6\n")
    assert records.cells.get_column("line_number").to_list() == [2, 5]
    assert (records.count, records.blank_lines, records.record_lines) == (2, 2, 2)


@pytest.mark.parametrize("line", ["1,2", "1,2,3,4", "x", ",,,"])
def test_a_line_of_another_width_is_rejected_alone(line: str) -> None:
    records = split(f"1,2,3\n{line}\n4,5,6\n")
    assert records.cells.get_column("a").to_list() == ["1", "4"]
    assert records.rejects.rows() == [
        (3, None, f"has {line.count(',') + 1} cells, the header has 3", line)
    ]


def test_a_short_and_a_long_line_do_not_make_up_for_each_other() -> None:
    records = split("1,2\n1,2,3,4\n5,6,\n")
    assert records.rejects.get_column("line_number").to_list() == [2, 3]
    assert records.cells.rows() == [(4, "5", "6", None)]


def test_quoted_cells_may_hold_commas_quotes_and_line_breaks() -> None:
    records = split('"1,1","a ""b""",""\n"x\ny",2,"z\r\n\r\nz"\n7,8,9\n')
    assert records.cells.rows() == [
        (2, "1,1", 'a "b"', None),
        (3, "x\ny", "2", "z\n\nz"),
        (7, "7", "8", "9"),
    ]
    assert (records.count, records.blank_lines, records.record_lines) == (3, 0, 6)
    assert records.raw([3, 7]) == ['"x\ny",2,"z\r\n\r\nz"', "7,8,9"]


@pytest.mark.parametrize(
    "line",
    ['1,"2,3', '"1,2,3', '1,2,"3', '1,2"2,3', '1,"2"2,3', '1,2,3"', '"1","2",3"', ' "1",2,3'],
)
def test_a_stray_quote_costs_its_own_line_only(line: str) -> None:
    records = split(f'0,"0",0\n{line}\n4,5,6\n7,8,"9"\n')
    assert records.cells.get_column("a").to_list() == ["0", "4", "7"]
    assert records.rejects.get_column("line_number").to_list() == [3]
    assert records.rejects.get_column("raw").to_list() == [line]


def test_stray_quotes_on_two_lines_do_not_swallow_what_lies_between() -> None:
    records = split('1,"2,3\n4,5,6\n7,8",9\n')
    assert records.cells.get_column("line_number").to_list() == [3]
    assert records.rejects.get_column("line_number").to_list() == [2, 4]


def test_stray_quotes_on_neighbouring_rows_cost_both_rows_and_no_more() -> None:
    records = split('1,"2,3\n7,8",9\n4,5,6\n')
    assert records.cells.get_column("line_number").to_list() == [4]
    assert records.rejects.get_column("line_number").to_list() == [2, 3]


def test_bytes_that_are_not_utf_8_and_nul_bytes_cost_their_own_line() -> None:
    records = split(b"1,2,3\n1,\xff,3\n1,\0,3\n\xc3\xa9,2,3\n")
    assert records.cells.get_column("a").to_list() == ["1", "\u00e9"]
    assert [(row[0], row[2]) for row in records.rejects.rows()] == [
        (3, "is not valid UTF-8"),
        (4, "holds a NUL byte"),
    ]


def test_an_open_record_at_the_end_of_a_block_waits_for_the_next() -> None:
    records = split('1,2,3\n4,"5\n', is_last=False)
    assert records.cells.height == records.record_lines == 1
    assert records.rest == b'4,"5\n'
    again = split_records(records.rest + b'5",6\n', 3, NAMES, is_last=True)
    assert again.cells.rows() == [(3, "4", "5\n5", "6")]


def test_a_quote_open_over_too_many_lines_is_unterminated() -> None:
    lines = "x\n" * module.MAX_RECORD_LINES
    records = split(f'1,"2\n{lines}3",4\n')
    assert records.cells.height == 0
    assert records.rejects.height == module.MAX_RECORD_LINES + 2


def test_a_one_column_table_has_no_commas_to_go_by() -> None:
    records = split_records(b"a\n\nb\n", 1, ("a",), is_last=True)
    assert records.cells.rows() == [(1, "a"), (3, "b")]
    assert records.blank_lines == 1


cells = st.text('ab,"\n \u00e9', max_size=6)


@given(st.lists(st.tuples(cells, cells, cells), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_any_quoted_table_reads_back(table: list[tuple[str, str, str]], end: str) -> None:
    text = "".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) + end for row in table
    )
    records = split(text)
    swallowed = records.rejects.height
    lines = text.count("\n")
    assert records.blank_lines + records.record_lines == lines
    assert records.count == records.cells.height + swallowed
    if not any("\n" in cell for row in table for cell in row):
        assert [row[1:] for row in records.cells.rows()] == [
            tuple(cell or None for cell in row) for row in table
        ]


@given(st.text('ab,"\n\r\0\u00e9', max_size=60), st.booleans())
def test_no_line_is_lost_whatever_the_text(text: str, is_last: bool) -> None:
    block = text + "\n"
    records = split(block, is_last=is_last)
    rest = records.rest.count(b"\n")
    assert records.blank_lines + records.record_lines + rest == block.count("\n")
    assert records.count == records.cells.height + records.rejects.height
    assert not (is_last and rest)


@given(st.lists(st.tuples(*[st.text("ab1 .:", max_size=4)] * 3), min_size=1, max_size=10))
def test_both_ways_through_a_block_give_the_same_cells(table: list[tuple[str, ...]]) -> None:
    block = "".join(",".join(row) + "\n" for row in table).encode()
    as_it_stands = split_records(block, 2, NAMES, is_last=True)
    line_by_line = module._split_lines(block, 2, NAMES, is_last=True)
    assert as_it_stands.cells.equals(line_by_line.cells)
    assert as_it_stands.count == line_by_line.count


def test_the_cells_of_a_record_lose_their_quotes() -> None:
    assert record_cells('a,"b,""c""",,""') == ("a", 'b,"c"', "", "")


def test_an_empty_block_has_no_records() -> None:
    records = split(b"")
    assert records.cells.schema == pl.Schema(
        {"line_number": pl.Int64(), **dict.fromkeys(NAMES, pl.String())}
    )
    assert records.count == records.record_lines == 0
