"""A run that a person interrupts ends with one sentence, and publishes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from dagster_project import dbt_project
from dagster_project.progress import SilentProgress
from tests.warm import ROOT

if TYPE_CHECKING:
    from tests.conftest import DataFolder


class _Interrupting(SilentProgress):
    """Ctrl-C: when a stage begins, or at its first step, while dbt has the word."""

    def __init__(self, stage: str, *, at_step: bool) -> None:
        self._awaited, self._at_step, self._stage = stage, at_step, ""

    def stage(self, title: str, total: int | None = None) -> None:
        del total
        self._stage = title
        if title == self._awaited and not self._at_step:
            os.kill(os.getpid(), signal.SIGINT)

    def step(self, label: str) -> None:
        del label
        if self._stage == self._awaited and self._at_step:
            self._awaited = ""
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "at_step"), [("Loading files", ""), ("Computing", "at its first step")]
)
def test_an_interrupted_run_says_so_and_publishes_nothing(
    data_folder: DataFolder, stage: str, at_step: str
) -> None:
    data_folder.contract("acme")
    # a process of its own, as a person has it: a thread of dbt's may be at work when it ends
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(data_folder.path), stage, at_step],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = (
        "the run was interrupted: nothing is half published, and the same command goes on from the "
        "files that are loaded\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, said, "")
    assert not data_folder.settings.published_file.exists()


@pytest.mark.parametrize("has_failed_over_it", [False, True])
def test_an_interrupt_of_dbt_is_no_failure_of_dbt(
    data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch, has_failed_over_it: bool
) -> None:
    exception: BaseException = KeyboardInterrupt()
    if has_failed_over_it:
        # a connection that dbt would close is at work
        busy = OSError("busy")
        busy.__context__, exception = exception, busy
    outcome = SimpleNamespace(result=None, success=False, exception=exception)
    monkeypatch.setattr("dbt.cli.main.dbtRunner.invoke", lambda *_: outcome)
    with pytest.raises(KeyboardInterrupt):
        dbt_project.build(data_folder.settings, ["run"])


def _interrupted_run(data: Path, stage: str, *, at_step: bool) -> None:
    from dagster_project.cli import leave
    from dagster_project.errors import WarehouseError
    from dagster_project.runner import run_months
    from dagster_project.settings import Settings

    progress = _Interrupting(stage, at_step=at_step)
    try:
        run_months(Settings.load(data), [date(2026, 10, 1)], [], date(2026, 11, 22), progress)
    except WarehouseError as error:
        print(error)  # noqa: T201
        leave(1)


if __name__ == "__main__":
    _interrupted_run(Path(sys.argv[1]), sys.argv[2], at_step=bool(sys.argv[3]))
