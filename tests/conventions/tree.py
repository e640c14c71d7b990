"""What the conventions look at: the files of the repository, read once, with a way to say sins.

A convention is a function from texts to sins, so that each can be shown a deliberate sin; the tests
apply it to the tree. A sin is one line: where, what, and what to do about it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DBT = ROOT / "dbt"


@dataclass(frozen=True)
class File:
    """A file of the tree: its path from the root, and its text."""

    path: str
    text: str

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def lines(self) -> list[tuple[int, str]]:
        return list(enumerate(self.text.splitlines(), start=1))

    @property
    def yaml(self) -> dict[str, Any]:
        content = _parsed(self.text)
        return content if isinstance(content, dict) else {}


@cache
def _parsed(text: str) -> Any:
    """A text is parsed once, however many conventions look at it, and by libyaml where it is."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@cache
def tracked() -> tuple[str, ...]:
    """Paths of everything that is, or is about to be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for path in sorted(listed.stdout.splitlines()) if (ROOT / path).is_file())


def files(*patterns: str) -> list[File]:
    """Tracked files whose path matches one of the patterns (`**` for any folders)."""
    return [
        File(path, (ROOT / path).read_text(encoding="utf-8"))
        for path in tracked()
        if any(Path("/", path).match(f"/{pattern}") or _deep(path, pattern) for pattern in patterns)
    ]


def _deep(path: str, pattern: str) -> bool:
    folder, _, name = pattern.partition("**/")
    return path.startswith(folder) and Path(path).match(name)


def assert_no(sins: Iterable[str]) -> None:
    """Fails with every sin on a line of its own."""
    found = list(sins)
    assert not found, "\n" + "\n".join(found)
