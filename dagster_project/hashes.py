"""What decides a result, as hashes of the files that do: dbt's project, its seeds, the rules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from dagster_project.settings import DBT_DIR, PACKAGE_DIR, PROJECT_DIR, SEEDS_DIR

_SOURCES = (
    "dbt_project.yml",
    "profiles.yml",
    "models",
    "macros",
    "materializations",
    "seeds",
    "tests",
)


def project_hash() -> str:
    """Of every file that decides what dbt builds."""
    return hash_of(_project_files())


def seeds_hash() -> str:
    """Of the shipped catalogue: seeds are loaded again only when it changes."""
    return hash_of(sorted(SEEDS_DIR.iterdir()))


@cache
def rules_hash() -> str:
    """Of all that decides what an invoice says, the shipped catalogue apart."""
    files = [file for file in _project_files() if SEEDS_DIR not in file.parents]
    files += sorted(PACKAGE_DIR.rglob("*.py"))
    return hash_of(files)


def hash_of(files: Sequence[Path]) -> str:
    """Of the names and contents of files of this repository, in the given order."""
    digest = sha256()
    for file in files:
        digest.update(str(file.relative_to(PROJECT_DIR)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _project_files() -> list[Path]:
    files: list[Path] = []
    for name in _SOURCES:
        path = DBT_DIR / name
        files.extend(
            [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        )
    return files
