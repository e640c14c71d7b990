"""The books lose nothing and keep nothing half: a line counts once its end is on disk."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dagster_project.books import append_to_book, keep_content, read_book


def test_a_book_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert read_book(tmp_path / "book.jsonl") == ([], 0)


@pytest.mark.parametrize("cut", range(1, 15))
def test_a_line_cut_short_anywhere_was_never_written_and_is_dropped_by_the_next(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "books" / "book.jsonl"
    append_to_book(path, [{"first": "é\n"}])
    first = path.read_bytes()
    append_to_book(path, [{"second": 2}])
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    expected = [{"first": "é\n"}]
    assert read_book(path) == (expected, len(first))
    append_to_book(path, [{"second": 2}])
    assert path.read_bytes() == whole


def test_a_cut_line_longer_than_a_block_is_dropped_whole(tmp_path: Path) -> None:
    path = tmp_path / "book.jsonl"
    append_to_book(path, [{"first": "x" * 70_000}])
    with path.open("ab") as book:
        book.write(b"y" * 200_000)
    append_to_book(path, [{"second": 2}])
    records, end = read_book(path)
    assert [list(record) for record in records] == [["first"], ["second"]]
    assert end == path.stat().st_size


def test_a_book_is_read_on_from_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "book.jsonl"
    append_to_book(path, [{"number": 1}])
    _, end = read_book(path)
    append_to_book(path, [{"number": 2}, {"number": 3}])
    assert read_book(path, end)[0] == [{"number": 2}, {"number": 3}]


def test_content_is_kept_once_under_its_hash_and_nothing_half_is_left(tmp_path: Path) -> None:
    content = b"org: acme\n"
    names = {keep_content(tmp_path / "inputs", content) for _ in range(2)}
    assert names == {hashlib.sha256(content).hexdigest()}
    assert {path.name for path in (tmp_path / "inputs").iterdir()} == names
    assert (tmp_path / "inputs" / names.pop()).read_bytes() == content
