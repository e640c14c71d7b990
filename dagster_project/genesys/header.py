"""Finding a report's columns in a file's header, whatever its spelling and order (inputs.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from dagster_project.errors import LandingError
from dagster_project.genesys.report import Column, Report

_IGNORED = re.compile(r"[\s_\-()\[\]{}\ufeff]+")
_NEAR = 55.0
_NEARLY_THE_SAME = 85.0

Aliases = Mapping[str, Mapping[str, str]]
"""report → alias → column (its header or its stored name), each in any spelling."""


class FileRejectedError(LandingError):
    """Nothing of a file can be loaded; the message says why and goes to ops.files.reason."""


@dataclass(frozen=True)
class Header:
    """A file's header, understood.

    Attributes:
        cells: the header's cells as written.
        places: stored column name → place in the file, from 0.
        extra: headers that the report does not know; their columns are kept out.
    """

    cells: tuple[str, ...]
    places: Mapping[str, int]
    extra: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.cells)

    @property
    def names(self) -> list[str]:
        """A name for each cell of a row: the stored column's, or `_<place>` for one kept out."""
        names = [f"_{place}" for place in range(self.width)]
        for name, place in self.places.items():
            names[place] = name
        return names


@lru_cache(maxsize=4096)
def normalized(header: str) -> str:
    """A header without case, spaces, underscores, hyphens and brackets."""
    return _IGNORED.sub("", header).casefold()


def match_header(cells: Sequence[str], report: Report, aliases: Aliases) -> Header:
    """Find the report's columns among `cells`.

    Args:
        cells: the file's header.
        report: what to look for.
        aliases: more spellings of its columns; the column's own header wins over an alias.

    Raises:
        FileRejectedError: a required column is missing, or one is there twice.
    """
    own = {normalized(column.header): column.name for column in report.columns}
    other = _aliases_of(report, aliases)
    keys = [normalized(cell) for cell in cells]
    places: dict[str, int] = {}
    for spelling in (own, other):
        found = Counter(spelling[key] for key in keys if spelling.get(key) not in {None, *places})
        for column in report.columns:
            if found[column.name] > 1:
                raise FileRejectedError(_twice(column, cells))
        places |= {
            spelling[key]: place
            for place, key in enumerate(keys)
            if key in spelling and found[spelling[key]]
        }
    for column in report.columns:
        if column.required and column.name not in places:
            raise FileRejectedError(_missing(column, report, cells))
    taken = set(places.values())
    extra = tuple(cell.strip() for place, cell in enumerate(cells) if place not in taken)
    return Header(tuple(cells), places, extra)


def resembles_header(cells: Sequence[str], report: Report, aliases: Aliases) -> bool:
    """Whether a third of the filled cells are (nearly) names of the report's columns."""
    known = {normalized(column.header) for column in report.columns} | set(
        _aliases_of(report, aliases)
    )
    filled = [key for cell in cells if (key := normalized(cell))]
    named = sum(
        process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=_NEARLY_THE_SAME) is not None
        for key in filled
    )
    return named > 0 and named * 3 >= len(filled)


def _aliases_of(report: Report, aliases: Aliases) -> dict[str, str]:
    """Normalized alias → stored column name; aliases of unknown columns are of no use here."""
    names = {normalized(column.header): column.name for column in report.columns}
    names |= {normalized(column.name): column.name for column in report.columns}
    return {
        normalized(alias): names[normalized(column)]
        for alias, column in aliases.get(report.name, {}).items()
        if normalized(column) in names and normalized(alias) not in names
    }


def _found(cells: Sequence[str]) -> str:
    return ", ".join(cell.strip() or "(empty)" for cell in cells)


def _twice(column: Column, cells: Sequence[str]) -> str:
    return (
        f'column "{column.header}" is there twice; headers found: {_found(cells)}. '
        "Keep one of them and land the file again."
    )


def _missing(column: Column, report: Report, cells: Sequence[str]) -> str:
    near = [
        match[0].strip()
        for match in process.extract(
            column.header, list(cells), processor=normalized, limit=3, score_cutoff=_NEAR
        )
    ]
    nearest = f" (nearest: {', '.join(near)})" if near else ""
    return (
        f'required column "{column.header}" of {report.name} is missing{nearest}; headers found: '
        f"{_found(cells)}. Name it so, or add an alias to reference/column_aliases.csv."
    )
