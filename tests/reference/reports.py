"""The landed usage reports as typed rows: a small reader of its own for files that are in order.

It knows the headers as inputs.md writes them (any case, spaces, brackets), `.csv`, `.gz`, `.zst`
and `.zip`, and rejects a row for what CHK names. Split parts and damaged quotes are not its
subject: the product's readers have their own tests.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import zstandard

COLUMNS = {  # report → column → (kind, required)
    "billable_usage": {
        "charge_name": "text!",
        "entity": "text!",
        "timestamp": "instant",
    },
    "concurrent_usage": {"date": "date!", "peak_concurrent_users": "number!", "minutes": "number!"},
    "resources_usage": {"date": "date!", "resource": "text!", "quantity": "number!"},
    "voice_usage": {
        "sip_call_id": "text!",
        "origin": "text",
        "destination": "text!",
        "usage_group": "text",
        "usage_group_display": "text",
        "call_type": "text!",
        "direction": "direction!",
        "start_time": "instant!",
        "duration_seconds": "whole!",
        "adjusted_duration_seconds": "whole",
        "adjusted_duration_minutes": "number",
        "usage_rate_per_minute": "money",
        "total_cost": "money",
        "currency": "text",
    },
    "user_hours": {
        "user": "text!",
        "date": "date!",
        "logged_in_duration": "milliseconds!",
        "charge_name": "text",
    },
    "login_sessions": {
        "user": "text!",
        "login_at": "instant!",
        "logout_at": "instant",
        "charge_name": "text",
        "client": "text",
    },
    "appfoundry_usage": {
        "app": "text!",
        "part": "text!",
        "date": "date!",
        "quantity": "number!",
    },
    "phone_numbers": {
        "number": "text!",
        "type": "text!",
        "active_from": "date!",
        "active_to": "date",
    },
    "devices": {
        "device_id": "text!",
        "device_type": "text!",
        "active_from": "date!",
        "active_to": "date",
    },
}


@dataclass
class File:
    """One landed file: its loaded rows and how many were rejected."""

    name: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    rejected: int = 0
    is_empty: bool = False  # nothing in it, not even a header


@dataclass
class Usage:
    """All files of an organization, by report, in received order."""

    files: dict[str, list[File]] = field(default_factory=dict)

    def rows(self, report: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a report, earliest received first."""
        for file in self.files.get(report, []):
            yield from file.rows

    def latest(self, report: str, *columns: str) -> list[dict[str, Any]]:
        """Keep the row received last for each key (folded text)."""
        kept: dict[tuple[Any, ...], dict[str, Any]] = {}
        for row in self.rows(report):
            kept[
                tuple(
                    " ".join(v.lower().split()) if isinstance(v, str) else v
                    for v in (row[c] for c in columns)
                )
            ] = row
        return list(kept.values())


def _instant(text: str) -> datetime:
    if "/" in text:
        return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC)
    value = datetime.fromisoformat(text.replace(" ", "T", 1))
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def _date(text: str) -> date:
    if "/" in text:
        return datetime.strptime(text, "%m/%d/%Y").replace(tzinfo=UTC).date()
    return date.fromisoformat(text)


def read_value(kind: str, text: str) -> Any:
    """Read a cell that is not empty."""
    if kind == "text":
        return text
    if kind == "instant":
        return _instant(text)
    if kind == "date":
        return _date(text)
    if kind == "milliseconds":
        hours, minutes, seconds, millis = (int(p) for p in text.split(":"))
        return ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis
    if kind == "direction":
        if text.lower() not in ("inbound", "outbound"):
            raise ValueError(text)
        return text.lower()
    value = Fraction(text.replace(",", ""))
    if kind == "whole" and value.denominator > 1:
        raise ValueError(text)
    if kind in ("number", "whole") and value < 0:
        raise ValueError(text)
    return value


def _row(report: str, header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        raise ValueError("width")
    by_name = dict(zip(header, cells, strict=True))
    row: dict[str, Any] = {}
    for column, spec in COLUMNS[report].items():
        text = by_name.get(re.sub(r"[^a-z0-9]", "", column), "").strip()
        if not text:
            if spec.endswith("!"):
                raise ValueError(f"empty {column}")
            row[column] = None
        else:
            row[column] = read_value(spec.rstrip("!"), text)
    if report == "login_sessions" and row["logout_at"] and row["logout_at"] < row["login_at"]:
        raise ValueError("logout before login")
    return row


def _texts(path: Path) -> list[str]:
    raw = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".csv"))
            return [_decoded(archive.read(name)) for name in names]
    if path.suffix == ".gz":
        raw = gzip.decompress(raw)
    elif path.suffix == ".zst":
        raw = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw)).read()
    return [_decoded(raw)]


def _decoded(raw: bytes) -> str:
    """Decode; a letter that is cut in two comes together again with its row."""
    return raw.decode("utf-8", "surrogateescape").removeprefix("\ufeff")


def _names(cells: list[str]) -> list[str]:
    return [re.sub(r"[^a-z0-9]", "", c.lower()) for c in cells]


def _is_header(report: str, line: list[str]) -> bool:
    needed = {re.sub(r"[^a-z0-9]", "", c) for c, s in COLUMNS[report].items() if s.endswith("!")}
    return needed <= set(_names(line))


def _lines(text: str) -> list[list[str]]:
    return [r for r in csv.reader(io.StringIO(text, newline="")) if r]


def read_folder(report: str, paths: list[Path]) -> list[File]:
    """Read the landed files of a report, by name; one without a header continues the one before.

    A row that was cut between two parts belongs to the first.
    """
    files: list[File] = []
    texts = [(path, text) for path in paths for text in _texts(path) or [""]]
    header: list[str] = []
    is_continued = False
    for number, (path, text) in enumerate(texts):
        if not files or files[-1].name != path.name:
            files.append(File(path.name, is_empty=not is_continued))
        file, is_continued = files[-1], False
        following = texts[number + 1][1] if number + 1 < len(texts) else ""
        starts = _lines(following)[:1]
        if text and starts and text[-1] != "\n" and not _is_header(report, starts[0]):
            rest, end, remaining = following.partition("\n")
            last = text.splitlines()[-1]
            own = _lines(text)[0]
            width = len(own if _is_header(report, own) else header or own)
            if len(_lines(last + rest)[0]) == width:
                text += rest + end  # noqa: PLW2901
                texts[number + 1] = (texts[number + 1][0], remaining)
                is_continued = True
        lines = _lines(text.encode("utf-8", "surrogateescape").decode())
        if not lines:
            continue
        file.is_empty = False
        if _is_header(report, lines[0]):
            header, lines = _names(lines[0]), lines[1:]
        for cells in lines:
            try:
                file.rows.append(_row(report, header, cells))
            except ValueError:
                file.rejected += 1
    return files


def read_usage(folder: Path, in_name_order: bool = False) -> Usage:
    """Read `landing/<org>` in received order; the same bytes again are skipped."""
    usage = Usage()
    for report in COLUMNS:
        paths = [p for p in (folder / report).glob("*") if p.is_file()]
        paths.sort(key=lambda p: (not in_name_order and p.stat().st_mtime, p.name))
        firsts: dict[bytes, Path] = {}
        for path in paths:
            firsts.setdefault(path.read_bytes(), path)
        received = {path.name: place for place, path in enumerate(firsts.values())}
        files = read_folder(report, sorted(firsts.values()))
        usage.files[report] = sorted(files, key=lambda file: received[file.name])
    return usage
