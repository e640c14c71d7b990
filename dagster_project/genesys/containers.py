"""Landed files of every wrapping as plain bytes: .csv, .csv.gz, .csv.zst and .zip.

Nothing is unpacked to disk: contents are streamed. A damaged archive is found out while it is
read, and rejects the whole file.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import zstandard

from dagster_project.genesys.header import FileRejectedError

CHUNK = 1 << 24
"""Bytes that are read and parsed at a time."""

END_SIZE = 1 << 16
"""Bytes of a content's start and end that are looked at to tell how it begins and stops."""

_PACKED_CHUNK = 1 << 18
_SUFFIXES = (".csv", ".csv.gz", ".csv.zst", ".zip")
_UNFINISHED = (".crdownload", ".part", ".tmp")
_DAMAGE = (
    EOFError,
    RuntimeError,  # encrypted, or packed in a way that is not known
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    zlib.error,
    zstandard.ZstdError,
)


@dataclass(frozen=True)
class Content:
    """One CSV text: a landed file's, or a zip member's.

    Attributes:
        name: for messages and for the order of parts.
        open: gives its plain bytes from the start, in chunks; FileRejectedError if damaged.
        plain: the file itself, if it is not wrapped.
    """

    name: str
    open: Callable[[], Iterator[bytes]]
    plain: Path | None = None

    def start(self) -> bytes:
        """Its first bytes, at most END_SIZE."""
        if self.plain:
            with self.plain.open("rb") as file:
                return file.read(END_SIZE)
        first = b""
        for chunk in self.open():
            first += chunk
            if len(first) >= END_SIZE:
                break
        return first[:END_SIZE]

    def end(self) -> bytes:
        """Its last bytes, at most END_SIZE."""
        if self.plain:
            with self.plain.open("rb") as file:
                file.seek(max(0, self.plain.stat().st_size - END_SIZE))
                return file.read()
        last = b""
        for chunk in self.open():
            last = (last + chunk)[-END_SIZE:]
        return last


def is_readable(name: str) -> bool:
    """Whether a file of this name is one of the accepted kinds."""
    return name.casefold().endswith(_SUFFIXES)


def is_ignored(name: str) -> bool:
    """Whether a file is hidden or a download that is not finished."""
    return name.startswith(".") or name.casefold().endswith(_UNFINISHED)


def is_zip(path: Path) -> bool:
    """Whether the file may hold several contents."""
    return path.name.casefold().endswith(".zip")


def by_name(name: str) -> tuple[list[tuple[bool, int, str]], str]:
    """The order of parts: by name, numbers in it by value (part-2 before part-10)."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", name)
    return [
        (False, int(piece), "") if piece.isdecimal() else (True, 0, piece) for piece in pieces
    ], name


def content_hash(path: Path, on_chunk: Callable[[], None] = lambda: None) -> str:
    """SHA-256 of the file as it was landed, in hex.

    Args:
        path: the file.
        on_chunk: called after each chunk; what it raises ends the reading.
    """
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        # (large chunks: between them a thread waits for those that are busy with Python)
        buffer = memoryview(bytearray(min(CHUNK, path.stat().st_size + 1)))
        while size := file.readinto(buffer):
            digest.update(buffer[:size])
            on_chunk()
    return digest.hexdigest()


def contents(path: Path) -> list[Content]:
    """The CSV texts of a landed file; those of a zip in name order.

    Raises:
        FileRejectedError: the zip is damaged, or holds no .csv.
    """
    name = path.name.casefold()
    if name.endswith(".zip"):
        return _members(path)
    if name.endswith(".gz"):
        return [Content(path.name, lambda: _chunks(lambda: gzip.open(path)))]
    if name.endswith(".zst"):
        return [Content(path.name, lambda: _zst_chunks(path))]
    return [Content(path.name, lambda: _chunks(lambda: path.open("rb")), path)]


def _members(path: Path) -> list[Content]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except _DAMAGE as error:
        raise _damaged(error) from error
    tables = [
        name
        for name in names
        if name.casefold().endswith(".csv")
        and not any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
    ]
    if not tables:
        msg = "the zip holds no .csv file. Land one that does."
        raise FileRejectedError(msg)
    return [
        Content(name, lambda name=name: _member_chunks(path, name))  # type: ignore[misc]
        for name in sorted(tables, key=by_name)
    ]


def _member_chunks(path: Path, name: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _chunks(lambda: archive.open(name))
    except _DAMAGE as error:
        raise _damaged(error) from error


def _chunks(opened: Callable[[], IO[bytes] | gzip.GzipFile]) -> Iterator[bytes]:
    try:
        with opened() as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except _DAMAGE as error:
        raise _damaged(error) from error


def _zst_chunks(path: Path) -> Iterator[bytes]:
    """Frame after frame; the stream reader would take a cut one for complete."""
    frame = zstandard.ZstdDecompressor().decompressobj()
    is_open = False
    try:
        with path.open("rb") as file:
            while packed := file.read(_PACKED_CHUNK):
                while packed:
                    if frame.eof:
                        frame = zstandard.ZstdDecompressor().decompressobj()
                    yield frame.decompress(packed)
                    packed = frame.unused_data
                    is_open = not frame.eof
    except _DAMAGE as error:
        raise _damaged(error) from error
    if is_open:
        msg = "the compressed file ends too early. Download it again."
        raise FileRejectedError(msg)


def _damaged(error: Exception) -> FileRejectedError:
    return FileRejectedError(f"the file cannot be unpacked ({error}). Download it again.")
