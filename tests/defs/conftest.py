"""One run that many tests go on from: two organizations, a contract that is wrong, two months."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagster_project.runner import RunOutcome

if TYPE_CHECKING:
    from conftest import DataFolder

MONTHS = ("2026-03", "2026-04")
_USERS = "Charge Name,Entity,Timestamp\n"
_CALLS = (
    "SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds),"
    "Usage Rate Per Minute,Total cost\n"
)


def users(*names: str, day: str = "2026-03-05") -> str:
    """A `billable_usage` file."""
    return _USERS + "".join(
        f"Genesys Cloud CX 2 User,{name}@x.example,{day}T09:00:00Z\n" for name in names
    )


def calls(*numbers: int, cost: str = "0.0071") -> str:
    """A `voice_usage` file."""
    return _CALLS + "".join(
        f"sip-{number},+13175550100,+12125550199,Domestic,Outbound,"
        f"2026-03-03T09:00:{number % 60:02}Z,34,0.0119,{cost}\n"
        for number in numbers
    )


def _bill(folder: DataFolder) -> None:
    folder.contract("acme")
    folder.contract("beta")
    folder.contract("zeta", "org: zeta\nnonsense: 1\n")
    folder.land("acme", "billable_usage", "a.csv", users("a", "b"))
    folder.land("beta", "billable_usage", "a.csv", users("c"))
    folder.land("acme", "voice_usage", "1.csv", calls(*range(50)))
    folder.land("acme", "voice_usage", "2.csv", calls(*range(40, 90)))
    outcome = folder.run_several(MONTHS)
    (folder.path.parent / "outcome.json").write_text(json.dumps(asdict(outcome)))


@pytest.fixture(scope="session")
def first_run(
    made_once: Callable[[str, Callable[[DataFolder], object]], DataFolder],
) -> DataFolder:
    """The data directory after its first run; to be looked at only."""
    return made_once("two_months", _bill)


@pytest.fixture(scope="session")
def first_outcome(first_run: DataFolder) -> RunOutcome:
    """What the first run came to."""
    return RunOutcome(**json.loads((first_run.path.parent / "outcome.json").read_text()))


@pytest.fixture
def billed(first_run: DataFolder, tmp_path: Path) -> DataFolder:
    """A copy of the data directory after its first run, to go on from."""
    return first_run.copy(tmp_path / "data")
