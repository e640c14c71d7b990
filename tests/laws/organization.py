"""A random organization as data: its contract and its landed files, to be changed and written.

The organizations are those of tests/reference/generator.py, a rich one for each licence model,
subscription and ramp policy, in the term and in the ramp.
"""

from __future__ import annotations

import copy
import csv
import gzip
import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
import zstandard

from tests.reference import facts, generator
from tests.reference.contract import Contract, Period
from tests.reference.reports import COLUMNS, read_value

Row = dict[str, str]
SEED = 77
MONTHS = (date(2026, 3, 1), date(2026, 4, 1))
_CLOCK = 1_780_000_000
_KEYS = {  # report → columns that name the thing a row is about; the latest row of it counts
    "billable_usage": ("Charge Name", "Entity", "Timestamp"),
    "concurrent_usage": ("Date",),
    "resources_usage": ("Date", "Resource"),
    "voice_usage": ("SIP Call Id", "Direction", "Start time", "Origin", "Destination"),
    "user_hours": ("User", "Date", "Charge Name"),
    "login_sessions": ("User", "Login At", "Client"),
    "appfoundry_usage": ("App", "Part", "Date"),
    "phone_numbers": ("Number",),
    "devices": ("Device Id",),
}


@dataclass
class Landed:
    """One file to land."""

    report: str
    name: str
    rows: list[Row]
    header: list[str]
    encode: Callable[[bytes], bytes] = bytes
    newline: str = "\n"
    bom: bool = False
    has_header: bool = True

    def raw(self) -> bytes:
        """The bytes of the file."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator=self.newline)
        if self.has_header:
            writer.writerow(self.header)
        names = [column.strip() for column in self.header]
        for row in self.rows:
            writer.writerow(row.get(name, row.get(column, "")) for name, column in zip(
                names, self.header, strict=True
            ))  # fmt: skip
        return self.encode(buffer.getvalue().encode("utf-8-sig" if self.bom else "utf-8"))


@dataclass
class Organization:
    """A contract and files, the earliest received first."""

    org: str
    tree: dict[str, Any]
    files: list[Landed] = field(default_factory=list)
    original: str = ""  # whose twin it is

    def __post_init__(self) -> None:
        self.original = self.original or self.org

    def of(self, report: str) -> list[Landed]:
        """The files of a report."""
        return [file for file in self.files if file.report == report]

    def period(self, month: date = MONTHS[0]) -> Period:
        """The period that is invoiced in a month."""
        period = Contract(self.tree).period_of_month(month)
        assert period, self.org
        return period

    def latest(self, report: str) -> list[Row]:
        """The row received last for each thing."""
        kept: dict[tuple[Any, ...], Row] = {}
        for file in self.of(report):
            for row in file.rows:
                kept[key(report, row)] = row
        return list(kept.values())

    def land(self, report: str, rows: list[Row], name: str | None = None) -> None:
        """Lands one more file."""
        known = self.of(report)
        header = known[0].header if known else list(rows[0])
        name = name or f"{report}-{len(known):02d}.csv"
        self.files.append(Landed(report, name, [dict(row) for row in rows], list(header)))

    def twin(self, name: str) -> Organization:
        """The same under another name."""
        other = copy.deepcopy(self)
        other.org = other.tree["org"] = f"{self.org}-{name}"[:63].replace("_", "-")
        return other

    def write(self, data: Path) -> None:
        """Writes contract and landing."""
        path = data / "contracts" / f"{self.org}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = self.tree.get("#text") or yaml.safe_dump(
            self.tree, sort_keys=False, allow_unicode=True
        )
        path.write_text(text)
        for place, file in enumerate(self.files):
            path = data / "landing" / self.org / file.report / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.raw())
            received = _CLOCK + 60 * place
            os.utime(path, (received, received))


def key(report: str, row: Row) -> tuple[Any, ...]:
    """What a row is about, as the rulebook compares it."""
    parts: list[Any] = []
    for column in _KEYS[report]:
        text = row.get(column, "")
        kind = next(
            spec.rstrip("!")
            for name, spec in COLUMNS[report].items()
            if name.replace("_", "") == "".join(c for c in column.lower() if c.isalnum())
        )
        is_typed = kind in ("instant", "date") and text.strip()
        parts.append(read_value(kind, text.strip()) if is_typed else facts.key(text))
    return tuple(parts)


def sample(seed: int = SEED) -> list[Organization]:
    """24 rich organizations: each combination in the term, model and policy in the ramp."""
    chosen = [*range(18), 18, 21, 24, 27, 30, 33]
    return [_rich(seed, number) for number in chosen]


def _rich(seed: int, combination: int) -> Organization:
    """The first organization of a combination that uses much in its period and is no trial."""
    number = combination
    while True:
        maker = generator.Maker(seed, number, MONTHS)
        tree = maker.contract()
        contract = Contract(tree)
        files = maker.usage(contract)
        if (
            all(contract.period_of_month(month) for month in MONTHS)
            and len(files) >= 6
            and tree["trial"] == "false"
            and {"billable_usage", "voice_usage", "resources_usage"} <= set(files)
        ):
            break
        number += len(generator.COMBINATIONS)
    short_call = (tree.get("voice") or {}).get("short_call")
    if short_call:
        short_call.update(min_calls="2", min_share="0.01")
    organization = Organization(maker.org, tree)
    for report, parts in files.items():
        for place, rows in enumerate(part for part in parts if part):
            header = list(rows[0])
            organization.files.append(
                Landed(report, f"{report}-{place:02d}.csv", [dict(row) for row in rows], header)
            )
    return organization


def zipped(raw: bytes) -> bytes:
    """A zip with one table."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("table.csv"), raw)
    return buffer.getvalue()


def gzipped(raw: bytes) -> bytes:
    """A gzip file."""
    return gzip.compress(raw, mtime=0)


def zstandard_compressed(raw: bytes) -> bytes:
    """A Zstandard file."""
    return zstandard.ZstdCompressor().compress(raw)
