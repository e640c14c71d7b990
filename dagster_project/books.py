"""The books: append-only files of what cannot be recomputed, one JSON object a line.

A line counts once its line end is on disk: what a crash cut short was never written, and the next
writer drops it. Beside them `books/inputs/<sha256>` keeps whole files by their content, so that an
edit of the original loses nothing. Nothing here is ever changed or removed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_BLOCK = 1 << 16


def read_book(path: Path, start: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The records of a book from a place on, and the place after the last whole line.

    Args:
        path: the book; one that does not exist is empty.
        start: bytes to pass over: an end that an earlier call returned.
    """
    try:
        with path.open("rb") as book:
            book.seek(start)
            content = book.read()
    except FileNotFoundError:
        return [], 0
    whole = content[: content.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.split(b"\n") if line], start + len(whole)


def append_to_book(path: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """Appends lines to a book and has them on disk before going on; drops a line cut short."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("ab+") as book:
        book.truncate(_end_of_whole_lines(book))
        for record in records:
            book.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
        book.flush()
        os.fsync(book.fileno())
    if is_new:
        _sync_folder(path.parent)


def keep_content(folder: Path, content: bytes) -> str:
    """Keeps a file's bytes under their own hash, on disk before going on; returns the hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / sha256
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{sha256}.{os.getpid()}"
        try:
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            with suppress(FileNotFoundError):
                unfinished.unlink()
        _sync_folder(folder)
    return sha256


def _end_of_whole_lines(book: Any) -> int:
    """The place after the last line end, looked for from the end: books only grow."""
    end = book.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - _BLOCK)
        book.seek(start)
        place = book.read(end - start).rfind(b"\n")
        if place >= 0:
            return int(start + place + 1)
        end = start
    return 0


def _sync_folder(folder: Path) -> None:
    """Has the names in a folder on disk, not only the bytes of its files."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
