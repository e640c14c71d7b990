"""Reading a text as if it were a landed file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dagster_project.genesys import REPORTS
from dagster_project.genesys.containers import contents
from dagster_project.genesys.header import Aliases
from dagster_project.genesys.parts import Parts
from dagster_project.genesys.reading import Tally, read_pieces, read_rows


@dataclass(frozen=True)
class Reading:
    rows: list[dict[str, Any]]
    rejects: list[tuple[int, str | None, str, str]]
    tally: Tally

    @property
    def rejected_lines(self) -> list[int]:
        return [reject[0] for reject in self.rejects]


Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(
        report: str, text: str | bytes, name: str = "file.csv", aliases: Aliases | None = None
    ) -> Reading:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_path(report, path, aliases)

    return reading


def read_path(report: str, path: Path, aliases: Aliases | None = None) -> Reading:
    """Read one file; a zip's members in order."""
    members = contents(path)
    parts = Parts(members, REPORTS[report], aliases or {})
    tally = Tally()
    pieces = [parts.piece(place) for place in range(len(members))]
    batches = read_pieces(pieces, REPORTS[report], tally)
    if REPORTS[report].is_call_records:
        taken = list(batches)
        rows = pl.concat([batch.rows for batch in taken])
        rejects = pl.concat([batch.rejects for batch in taken])
    else:
        rows, rejects = read_rows(batches, REPORTS[report], tally)
    return Reading(rows.to_dicts(), rejects.rows(), tally)
