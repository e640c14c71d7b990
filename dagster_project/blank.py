"""The blank warehouse: schema, catalogue and every model of the project, without a row of usage.

It is the same for every data directory, so it is built once a version of the product (by `make
install`, else by the first run) and a new working file begins as its copy: a first run fills tables
and does not have to make two hundred of them.
"""

from __future__ import annotations

import shutil
from hashlib import sha256
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dagster_project import dbt_project
from dagster_project.hashes import project_hash
from dagster_project.progress import SilentProgress
from dagster_project.settings import TARGET_DIR, Settings
from dagster_project.warehouse import schema_hash, work

if TYPE_CHECKING:
    from pathlib import Path

    from dagster_project.progress import Progress

_FOLDER = TARGET_DIR / "blank"


def begin_with_blank(settings: Settings, progress: Progress | None = None) -> None:
    """Gives a data directory without a working file a copy of the blank one."""
    if settings.work_file.exists():
        return
    (progress or SilentProgress()).stage("Preparing the warehouse")
    blank = blank_warehouse()
    settings.work_file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = settings.work_file.with_name(".unfinished")
    shutil.copyfile(blank, unfinished)
    unfinished.replace(settings.work_file)


def blank_warehouse() -> Path:
    """The blank warehouse of this version of the project, built if it is not there yet."""
    version = sha256(f"{schema_hash()} {project_hash()}".encode()).hexdigest()
    # the stem is the database's name, which the views inside are bound to
    path = _FOLDER / version[:16] / "cxledger.duckdb"
    if not path.exists():
        _build(path)
    return path


def _build(path: Path) -> None:
    TARGET_DIR.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=TARGET_DIR, prefix=".blank-") as name:
        settings = Settings.load(TARGET_DIR / name)
        with work(settings):
            pass
        dbt_project.build(settings, ["seed"])
        dbt_project.build(settings, ["run"])
        with work(settings) as con:
            dbt_project.remember_built(con)
        path.parent.mkdir(parents=True, exist_ok=True)
        settings.work_file.replace(path)
    for older in _FOLDER.iterdir():
        if older != path.parent:
            shutil.rmtree(older, ignore_errors=True)
