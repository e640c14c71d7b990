"""A run that a person interrupts ends with one sentence, and publishes nothing."""

from __future__ import annotations

import signal
from datetime import date
from typing import TYPE_CHECKING

import pytest

from dagster_project.errors import WarehouseError
from dagster_project.progress import SilentProgress
from dagster_project.runner import run_months

if TYPE_CHECKING:
    from conftest import DataFolder


class _Interrupting(SilentProgress):
    """Ctrl-C, at the beginning of a stage."""

    def stage(self, title: str, total: int | None = None) -> None:
        del total
        if title == "Loading files":
            signal.raise_signal(signal.SIGINT)


@pytest.mark.slow
def test_an_interrupted_run_says_so_and_publishes_nothing(data_folder: DataFolder) -> None:
    data_folder.contract("acme")
    settings = data_folder.settings
    with pytest.raises(WarehouseError, match="the run was interrupted: nothing is half published"):
        run_months(settings, [date(2026, 10, 1)], [], date(2026, 11, 22), _Interrupting())
    assert not settings.published_file.exists()
