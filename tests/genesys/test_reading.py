"""A random table, written in any dialect, reads back identically and loses nothing."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagster_project.genesys import REPORTS, containers
from dagster_project.genesys.containers import contents
from dagster_project.genesys.header import FileRejectedError
from dagster_project.genesys.reading import Tally, count_lines
from dagster_project.genesys.report import Column, Kind, Report

Read = Callable[..., Any]

_text = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\0\ufeff"), min_size=1, max_size=8
).filter(lambda text: text.strip() != "")
_positive = st.decimals(0, 10**9, places=6, allow_nan=False)
_values: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: _text,
    Kind.TIMESTAMP: st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    ),
    Kind.DATE: st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    Kind.INTEGER: st.integers(0, 10**9),
    Kind.DECIMAL: _positive,
    Kind.BOOLEAN: st.booleans(),
    Kind.HOURS: st.integers(0, 10**9),
}


def _spellings(column: Column, value: Any) -> list[str]:
    """The ways to write a value."""
    if value is None:
        return [""]
    match column.kind:
        case Kind.TIMESTAMP:
            us = f"{value.month}/{value.day}/{value.year} {value:%I:%M:%S %p}"
            ways = [f"{value.isoformat()}Z", str(value), us]
        case Kind.DATE:
            ways = [str(value), f"{value.month}/{value.day}/{value.year}"]
        case Kind.INTEGER:
            ways = [f"{value}", f"{value:,}", f"{value}.0"]
        case Kind.DECIMAL:
            ways = [f"{value:f}", f"{value:,f}", f"{value:f}00"]
        case Kind.BOOLEAN:
            ways = [str(value), str(value).lower()]
        case Kind.HOURS:
            seconds, milliseconds = divmod(value, 1000)
            minutes, seconds = divmod(seconds, 60)
            ways = [f"{minutes // 60}:{minutes % 60:02}:{seconds:02}:{milliseconds:03}"]
        case _:
            ways = [str(value)]
    return ways


def _value(column: Column) -> st.SearchStrategy[Any]:
    words = [*column.one_of, *map(str.upper, column.one_of[:1])]
    kind = st.sampled_from(words) if words else _values[column.kind]
    return kind if column.must_be_filled else st.none() | kind


@st.composite
def tables(draw: st.DrawFn) -> tuple[Report, list[dict[str, Any]], str, dict[str, Any]]:
    """A report, its typed rows, their text, and the aliases that the text uses."""
    report = REPORTS[draw(st.sampled_from(sorted(REPORTS)))]
    kept = [c for c in report.columns if c.required or draw(st.booleans())]
    rows = draw(st.lists(st.fixed_dictionaries({c.name: _value(c) for c in kept}), max_size=6))
    for row in rows:
        for column in kept:
            earlier = row.get(column.not_before or "")
            if earlier is not None and row[column.name] is not None:
                row[column.name] = max(row[column.name], earlier)
    order = draw(st.permutations([*kept, None]))  # None: a column nobody knows
    spell = draw(
        st.sampled_from([str, str.upper, lambda h: h.replace(" ", "_"), "Alias of {}".format])
    )
    header = ["Unknown Thing" if c is None else spell(c.header) for c in order]
    aliases = {report.name: {f"alias of {c.header}": c.header for c in report.columns}}
    quote_all, end = draw(st.booleans()), draw(st.sampled_from(["\n", "\r\n"]))

    def cell(text: str) -> str:
        if quote_all or any(char in text for char in ',"\r\n'):
            return '"' + text.replace('"', '""') + '"'
        return text

    lines = [
        ",".join(
            cell("?" if c is None else draw(st.sampled_from(_spellings(c, row[c.name]))))
            for c in order
        )
        for row in rows
    ]
    text = end.join([",".join(map(cell, header)), *lines]) + draw(st.sampled_from(["", end]))
    return report, rows, draw(st.sampled_from(["", "\ufeff"])) + text, aliases


def _packed(name: str, text: bytes) -> bytes:
    if name.endswith(".gz"):
        return gzip.compress(text)
    if name.endswith(".zst"):
        return zstandard.compress(text)
    if name.endswith(".zip"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("inside.csv", text)
        return buffer.getvalue()
    return text


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), st.sampled_from(["a.csv", "a.csv.gz", "a.csv.zst", "a.zip"]))
def test_any_table_in_any_dialect_reads_back(
    read: Read, table: tuple[Report, list[dict[str, Any]], str, dict[str, Any]], name: str
) -> None:
    report, rows, text, aliases = table
    reading = read(report.name, _packed(name, text.encode()), name, aliases)
    expected = [{column.name: row.get(column.name) for column in report.columns} for row in rows]
    found = [{k: v for k, v in row.items() if k != "line_number"} for row in reading.rows]
    tally = reading.tally
    if not report.is_call_records and not report.keeps_equal_rows:
        last_of_equal = [row for n, row in enumerate(expected) if row not in expected[n + 1 :]]
        assert tally.rows_duplicate == len(expected) - len(last_of_equal)
        expected = last_of_equal
    assert found == expected
    assert reading.rejects == []
    assert tally.rows_read == len(rows)
    assert tally.header_lines == 1
    if report.money:
        assert tally.money_read == sum(row.get(report.money) or 0 for row in rows)


HEADER = "Date,Resource,Quantity\n"
ROW = "2026-01-01,IVR Minutes,{}\n"


def test_line_numbers_are_those_of_the_physical_lines(read: Read) -> None:
    reading = read("resources_usage", f"\n{HEADER}\n{ROW.format(1)}x\n{ROW.format(2)}")
    assert [row["line_number"] for row in reading.rows] == [4, 6]
    assert reading.rejected_lines == [5]
    assert (reading.tally.lines, reading.tally.blank_lines) == (6, 2)


def test_line_numbers_run_on_over_the_members_of_a_zip(read: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("2.csv", HEADER + ROW.format(3))
        archive.writestr("1.csv", HEADER + ROW.format(1) + ROW.format(2).rstrip())
        archive.writestr("3.csv", ROW.format(4))
    reading = read("resources_usage", buffer.getvalue(), "a.zip")
    assert [(row["line_number"], row["quantity"]) for row in reading.rows] == [
        (2, Decimal(1)),
        (3, Decimal(2)),
        (5, Decimal(3)),
        (6, Decimal(4)),
    ]
    assert (reading.tally.lines, reading.tally.header_lines) == (6, 2)


def test_equal_rows_count_once_and_the_last_stays(read: Read) -> None:
    reading = read("resources_usage", HEADER + ROW.format(1) + ROW.format(2) + ROW.format("1.0"))
    assert [(row["line_number"], row["quantity"]) for row in reading.rows] == [
        (3, Decimal(2)),
        (4, Decimal(1)),
    ]
    assert reading.tally.rows_duplicate == 1


def test_equal_calls_are_left_for_dbt_to_tell_apart(read: Read) -> None:
    header = (
        "SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds),"
        "Total cost\n"
    )
    call = "sip-1,+1317,+1212,Domestic,Outbound,2026-03-01T00:00:00Z,34,0.0071\n"
    reading = read("voice_usage", header + call * 2)
    assert (reading.tally.rows_loaded, reading.tally.rows_duplicate) == (2, 0)
    assert reading.tally.money_loaded == Decimal("0.0142")


def test_a_header_alone_is_a_table_without_rows(read: Read) -> None:
    reading = read("resources_usage", HEADER)
    assert (reading.rows, reading.tally.rows_read, reading.tally.lines) == ([], 0, 1)


@pytest.mark.parametrize("text", [b"", b"\n\n", b"  \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_rejected(read: Read, text: bytes) -> None:
    with pytest.raises(FileRejectedError, match="empty"):
        read("resources_usage", text)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_rejected_with_its_name(read: Read, encoding: str) -> None:
    with pytest.raises(FileRejectedError, match="UTF-16"):
        read("resources_usage", (HEADER + ROW.format(1)).encode(encoding))


def test_columns_kept_out_are_noted(read: Read) -> None:
    reading = read("resources_usage", "Region,Date,Resource,Quantity,\nEU,2026-01-01,IVR,5,\n")
    assert reading.tally.notes == ["columns kept out: Region, (unnamed)"]


@pytest.mark.parametrize("size", [1, 7, 64, 300])
def test_a_file_reads_alike_in_blocks_of_any_size(
    read: Read, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    text = HEADER + "".join(
        ROW.format(n) + ('2026-01-02,"two\n\nlines",1\n' if n % 3 else 'bad,"line\n\n')
        for n in range(12)
    )
    whole = read("resources_usage", text)
    monkeypatch.setattr(containers, "CHUNK", size)
    monkeypatch.setattr("dagster_project.genesys.reading.CHUNK", size)
    in_blocks = read("resources_usage", text)
    assert in_blocks == whole
    assert whole.tally.rows_rejected == 4


def test_the_lines_of_a_file_are_counted_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"\n{HEADER}{ROW.format(1)}\n  \n{ROW.format(2)}no line end")
    tally = count_lines(contents(path))
    assert (tally.lines, tally.record_lines, tally.blank_lines) == (7, 4, 3)


def test_a_damaged_file_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(HEADER.encode(), mtime=0)[:-9])
    assert count_lines(contents(path)) == Tally()
