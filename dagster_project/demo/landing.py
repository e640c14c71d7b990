"""Writes landed files in any accepted format, with the same bytes and times each time."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

import polars as pl
import zstandard

from dagster_project.demo.summary import DemoFile

_ZIP_EPOCH = (2026, 1, 1, 0, 0, 0)


class Sink(Protocol):
    """What bytes go into: a plain file or a packing one."""

    def write(self, data: bytes, /) -> int:
        """Write all of `data`."""


class Landing:
    """The landing folder of a demo data directory; remembers every file it wrote."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.files: list[DemoFile] = []

    @contextmanager
    def file(self, org: str, report: str, name: str, received_at: datetime) -> Iterator[LandedFile]:
        """Open `landing/<org>/<report>/<name>`; the name's ending decides how it is packed.

        Args:
            org: organization slug.
            report: report folder.
            name: file name ending in .csv, .csv.gz, .csv.zst or .zip.
            received_at: UTC; becomes the modification time, which is the received order.
        """
        path = self._data / "landing" / org / report / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with _packed(path) as handle:
            landed = LandedFile(handle)
            yield landed
        set_modified(path, received_at)
        relative = path.relative_to(self._data).as_posix()
        self.files.append(DemoFile(path=relative, org=org, report=report, rows=landed.rows))

    def table(
        self, org: str, report: str, name: str, received_at: datetime, frame: pl.DataFrame
    ) -> None:
        """Write a small report at once; an empty text becomes an empty cell."""
        with self.file(org, report, name, received_at) as landed:
            landed.append(frame.with_columns(pl.col(pl.String).replace("", None)))


class LandedFile:
    """One open file: frames go in, the header once."""

    def __init__(self, handle: Sink) -> None:
        self._handle = handle
        self._has_header = False
        self.rows = 0

    def append(self, frame: pl.DataFrame, datetime_format: str | None = None) -> None:
        """Append rows; the first call writes the header."""
        text = frame.write_csv(include_header=not self._has_header, datetime_format=datetime_format)
        self._handle.write(text.encode())
        self._has_header = True
        self.rows += frame.height

    def append_damaged(self, lines: list[str]) -> None:
        """Append lines as they are, each a data row that cannot be loaded."""
        self._handle.write("".join(f"{line}\n" for line in lines).encode())
        self.rows += len(lines)

    def continue_previous_part(self) -> None:
        """Make this a split download's later part: its first line is data."""
        self._has_header = True


def set_modified(path: Path, moment: datetime) -> None:
    """Give a file a fixed modification time (UTC)."""
    seconds = moment.replace(tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))


def write_dates(days: list[date], us_style: bool) -> list[str]:
    """Dates as a report writes them: `10/3/2026` or `2026-10-03`."""
    if us_style:
        return [f"{day.month}/{day.day}/{day.year}" for day in days]
    return [day.isoformat() for day in days]


def write_times(moments: list[datetime | None], us_style: bool) -> list[str]:
    """Instants as a report writes them: `10/3/2026 2:05:09 PM` or ISO 8601; None is empty."""
    if us_style:
        return [
            f"{moment:{moment.month}/{moment.day}/%Y {moment.hour % 12 or 12}:%M:%S %p}"
            if moment
            else ""
            for moment in moments
        ]
    return [f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else "" for moment in moments]


@contextmanager
def _packed(path: Path) -> Iterator[Sink]:
    with path.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", 6, raw, mtime=0) as handle:
                yield handle
        elif path.suffix == ".zst":
            with zstandard.ZstdCompressor(level=3).stream_writer(raw, closefd=False) as handle:
                yield handle
        elif path.suffix == ".zip":
            member = zipfile.ZipInfo(f"{path.stem}.csv", _ZIP_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            with (
                zipfile.ZipFile(raw, "w") as archive,
                archive.open(member, "w", force_zip64=True) as handle,
            ):
                yield handle
        else:
            yield raw
