"""A repeat of the last run with nothing changed since is answered from what that run noted.

It needs none of the heavy imports: a person waits for a blink instead of a build. When in doubt,
the run runs. Nothing has changed only if the request is the same to the day, and every file that a
run reads or writes, the product's own included, is the very file that it was when the last run
ended: same name, size, inode, time of change and time of status change (which no tool can set
back). What changed while that run was at work was noted by nobody.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from dagster_project.runner import RunOutcome
from dagster_project.settings import DBT_DIR, PROJECT_DIR, Settings

_INPUTS = ("landing", "contracts", "reference")
# Dagster's history and DuckDB's spill are nothing that a figure depends on; bytecode and compiled
# SQL follow from the sources
_NO_MATTER = frozenset({"dagster", "spill", "__pycache__", "target", "logs", "last_run.json"})
_DEEPEST = 12


@dataclass(frozen=True)
class Request:
    """What a run was asked for.

    Attributes:
        month: first day of the invoice month.
        orgs: as asked for, sorted; none: all.
        as_of: today (PER-6), never left open.
    """

    month: str
    orgs: tuple[str, ...]
    as_of: str


class _InDoubtError(Exception):
    """The files cannot be compared; so something may have changed."""


def last_outcome(settings: Settings, request: Request) -> RunOutcome | None:
    """What the last run came to, if this one would come to the same; else None."""
    try:
        noted = json.loads(_note(settings).read_bytes())
        same = noted["request"] == json.loads(json.dumps(asdict(request)))
        if same and noted["files"] == _everything(settings):
            return RunOutcome(**noted["outcome"])
    except (OSError, ValueError, KeyError, TypeError, _InDoubtError):
        pass
    return None


def inputs(settings: Settings) -> str:
    """A mark of what a run is about to read; taken before it begins."""
    try:
        return _mark(settings.data / name for name in _INPUTS)
    except (OSError, _InDoubtError):
        return ""


def remember(settings: Settings, request: Request, before: str, outcome: RunOutcome) -> None:
    """Notes a run that has ended well, unless its inputs changed while it ran.

    Args:
        settings: the data directory.
        request: what it was asked for.
        before: `inputs` when it began.
        outcome: what it came to.
    """
    note = _note(settings)
    note.unlink(missing_ok=True)
    if not before or inputs(settings) != before:
        return
    try:
        files = _everything(settings)
    except (OSError, _InDoubtError):
        return
    unfinished = note.with_suffix(".unfinished")
    unfinished.write_text(
        json.dumps({"request": asdict(request), "files": files, "outcome": asdict(outcome)})
    )
    unfinished.replace(note)


def _note(settings: Settings) -> Path:
    return settings.warehouse / "last_run.json"


def _everything(settings: Settings) -> str:
    """A mark of all that a run reads and writes, and of the product."""
    product = [PROJECT_DIR / "dagster_project", PROJECT_DIR / "expectations", DBT_DIR]
    installed = os.stat(sysconfig.get_paths()["purelib"]).st_mtime_ns  # noqa: PTH116 (no Path yet)
    files = _mark([settings.data, *product])
    return f"{sys.version} {installed} {files}"


def _mark(roots: Iterable[Path]) -> str:
    digest = sha256()
    for root in roots:
        for line in _files(str(root), 0):
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _files(folder: str, depth: int) -> Iterator[str]:
    """One line a file under a folder, in the order of names; links are followed."""
    if depth > _DEEPEST:
        raise _InDoubtError(folder)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        yield f"{folder} is not there\n"
        return
    for entry in entries:
        if entry.name in _NO_MATTER:
            continue
        if entry.is_dir():
            yield from _files(entry.path, depth + 1)
        else:
            is_ = entry.stat()
            yield f"{entry.path} {is_.st_size} {is_.st_ino} {is_.st_mtime_ns} {is_.st_ctime_ns}\n"
