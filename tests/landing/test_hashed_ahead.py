"""Hashes that are begun before they are needed: the same ones, and never of another file."""

from __future__ import annotations

import logging
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dagster_project import hashed_ahead
from dagster_project.genesys import containers
from dagster_project.genesys.containers import content_hash
from dagster_project.hashed_ahead import HashedAhead
from dagster_project.landing import discover, load_report

DEVICES = "Device Id,Device Type,Active From,Active To\n"
ONE = DEVICES + "d1,VVX,2026-01-05,\n"


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashed_ahead, "CHUNK", 0)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are hashed ahead, and those alone."""
    paths: list[Path] = []

    def noted(path: Path, *chunks: Any) -> str:
        paths.append(path)
        return content_hash(path, *chunks)

    monkeypatch.setattr(hashed_ahead, "content_hash", noted)
    return paths


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 30])
def test_a_hash_is_that_of_all_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(containers, "CHUNK", 8)
    content = bytes(range(size))
    (tmp_path / "a").write_bytes(content)
    assert content_hash(tmp_path / "a") == sha256(content).hexdigest()


def test_what_was_hashed_ahead_is_not_read_again(
    house: Any, asked: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house.land("acme/devices/a.csv", ONE)
    with HashedAhead(house.settings) as hasher:
        monkeypatch.setattr(hashed_ahead, "sha256_of", lambda file: pytest.fail(str(file)))
        (file,) = discover(house.settings)
        assert hasher(file) == sha256(ONE.encode()).hexdigest()
    assert asked == [path]


def test_only_new_files_are_hashed(house: Any, asked: list[Path]) -> None:
    house.land("acme/devices/a.csv", ONE)
    house.load("devices")
    late = house.land("acme/devices/b.csv", ONE + "d2,VVX,2026-01-05,\n")
    with HashedAhead(house.settings) as hasher:
        summary = load_report(
            house.settings, house.con, "devices", discover(house.settings), {}, hasher=hasher
        )
    assert (asked, summary.files_new, summary.files_skipped) == ([late], 1, 1)


def test_a_file_that_changed_meanwhile_is_hashed_as_it_is(house: Any, asked: list[Path]) -> None:
    path = house.land("acme/devices/a.csv", ONE)
    with HashedAhead(house.settings) as hasher:
        (before,) = discover(house.settings)
        hasher(before)
        path = house.land("acme/devices/a.csv", ONE.replace("d1", "d2"))
        (after,) = discover(house.settings)
        assert hasher(after) == sha256(path.read_bytes()).hexdigest()
    assert len(asked) == 1


def test_a_file_that_cannot_be_read_is_the_asker_s_error(house: Any) -> None:
    path = house.land("acme/devices/a.csv", ONE)
    (file,) = discover(house.settings)
    path.unlink()
    path.symlink_to(path)
    with (
        HashedAhead(house.settings) as hasher,
        pytest.raises(OSError, match="symbolic links"),
    ):
        hasher(file)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_book_that_cannot_be_read_is_the_run_s_error(house: Any) -> None:
    house.land("acme/devices/a.csv", ONE)
    book = house.settings.books / "files.jsonl"
    book.parent.mkdir(parents=True, exist_ok=True)
    book.write_text("no record\n")
    with HashedAhead(house.settings) as hasher:
        (file,) = discover(house.settings)
        assert hasher(file) == sha256(ONE.encode()).hexdigest()


def test_it_ends_with_the_context_in_the_midst_of_a_file(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.land("acme/devices/a.csv", ONE)
    begun, chunks = Event(), []

    def endless(path: Path, on_chunk: Any) -> str:
        while True:
            begun.set()
            chunks.append(path)
            on_chunk()

    monkeypatch.setattr(hashed_ahead, "content_hash", endless)
    with HashedAhead(house.settings) as hasher:
        assert begun.wait(60)
    assert not hasher._thread.is_alive()
    assert chunks


def test_what_is_no_report_is_named_once_and_not_by_it(
    house: Any, caplog: pytest.LogCaptureFixture
) -> None:
    house.land("acme/devices/notes.txt", "x")
    with caplog.at_level(logging.WARNING), HashedAhead(house.settings) as hasher:
        hasher._thread.join()
    assert caplog.text == ""
    discover(house.settings)
    assert "notes.txt is not read" in caplog.text
