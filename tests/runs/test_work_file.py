"""The working file has one writer from a run's first step to its last."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from dagster_project.errors import WarehouseError
from dagster_project.progress import SilentProgress
from dagster_project.runner import run_months

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import DataFolder

_OPEN = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def _opened_by_another(path: Path) -> subprocess.Popen[str]:
    """A process that opens the file, says so, and holds it until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", _OPEN, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


class _Intruder(SilentProgress):
    """Tries to open the working file of a run at the beginning of each stage."""

    def __init__(self, work_file: Path) -> None:
        self.work_file = work_file
        self.came_in: dict[str, bool] = {}

    def stage(self, title: str, total: int | None = None) -> None:
        del total
        if self.work_file.exists():
            said, _ = _opened_by_another(self.work_file).communicate()
            self.came_in[title] = said == "open\n"


@pytest.mark.slow
def test_nobody_comes_between_two_steps_of_a_run(data_folder: DataFolder) -> None:
    data_folder.contract("acme")
    settings = data_folder.settings
    intruder = _Intruder(settings.work_file)
    run_months(settings, [date(2026, 10, 1)], [], date(2026, 11, 22), intruder)
    assert {"Loading files", "Computing", "Proving", "Publishing"} <= set(intruder.came_in)
    assert not any(intruder.came_in.values()), intruder.came_in


def test_a_run_beside_another_is_refused_and_nothing_is_written(data_folder: DataFolder) -> None:
    data_folder.contract("acme")
    settings = data_folder.settings
    settings.work_file.parent.mkdir(parents=True)
    with _opened_by_another(settings.work_file) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(WarehouseError, match="in use by another run: wait until it ends"):
            run_months(settings, [date(2026, 10, 1)], [], date(2026, 11, 22), SilentProgress())
        other.communicate()
    assert not settings.published_file.exists()
    assert not settings.books.exists()
