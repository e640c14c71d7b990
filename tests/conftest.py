"""What every test may ask for: an empty data directory that can be filled, run and queried."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from dagster_project.progress import SilentProgress
from dagster_project.runner import RunOutcome, run_months
from dagster_project.settings import PROJECT_DIR, Settings
from dagster_project.warehouse import published
from tests.warm import Warm

# a slow machine is no mistake of the code: only what comes out is judged
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
# for mutants of the readers: the same few examples each time
settings.register_profile(
    "mutation", deadline=None, derandomize=True, database=None, max_examples=10
)

_CONTRACT = """\
org: {org}
name: {org}
country: US
currency: USD
time_zone: UTC
contract:
  effective_date: 2026-01-01
  subscription: monthly
  licence_model: named
licences:
  - {{licence: cx2, prepay_rate: 95, on_demand_rate: 115}}
"""


# the files that take a minute and more, the longest first
_LONG = (
    "dbt/test_dbt_tests.py",
    "issuing/test_issue_and_adjust.py",
    "defs/test_runs.py",
    "scenarios/test_scenarios.py",
    "readme/test_readme_commands.py",
    "reconciliation/test_forged_invoices.py",
    "benchmarks/test_bench.py",
    "reference/test_random_organizations.py",
    "checks/test_damaged_files_hold_what_they_touch.py",
    "pruning/test_prune.py",
    "checks/test_every_check_is_seen_red.py",
    "laws/test_sameness.py",
    "expectations/test_invariants.py",
    "expectations/test_validate.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first, so that no process waits at the end for another's."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    place = {Path(__file__).parent / name: number for number, name in enumerate(_LONG)}
    items.sort(key=lambda item: (place.get(item.path, len(place)), item.path not in slow))


@dataclass
class DataFolder:
    """A data directory under construction."""

    path: Path
    clock: int = field(default=1_700_000_000)

    @property
    def settings(self) -> Settings:
        return Settings.load(self.path)

    def contract(self, org: str, text: str | None = None) -> None:
        """Writes contracts/<org>.yml: the given YAML, or a plain monthly named contract."""
        target = self.path / "contracts" / f"{org}.yml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text) if text else _CONTRACT.format(org=org))

    def land(self, org: str, report: str, name: str, content: str | bytes) -> Path:
        """Lands a file; each is received a minute after the one before."""
        target = self.path / "landing" / org / report / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        self.clock += 60
        os.utime(target, (self.clock, self.clock))
        return target

    def run(
        self, month: str, *orgs: str, as_of: str = "2026-11-22", issue: bool = False
    ) -> RunOutcome:
        """Bills one month in this process."""
        return self.run_several([month], *orgs, as_of=as_of, issue=issue)

    def run_several(
        self, months: Sequence[str], *orgs: str, as_of: str = "2026-11-22", issue: bool = False
    ) -> RunOutcome:
        """Bills consecutive months in one run in this process."""
        return run_months(
            self.settings,
            [date.fromisoformat(f"{month}-01") for month in months],
            orgs,
            date.fromisoformat(as_of),
            SilentProgress(),
            issue=issue,
        )

    def copy(self, path: Path) -> DataFolder:
        """All of it in another place, to go on from there."""
        shutil.copytree(self.path, path)
        return DataFolder(path, self.clock)

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of the published warehouse."""
        with published(self.settings) as con:
            return con.execute(sql, list(parameters)).fetchall()


@pytest.fixture
def data_folder(tmp_path: Path) -> DataFolder:
    """An empty data directory."""
    return DataFolder(tmp_path / "data")


@pytest.fixture(scope="session")
def new_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], DataFolder]:
    """Makes an empty data directory that outlives a test, for one run that many tests look at."""
    return lambda name: DataFolder(tmp_path_factory.mktemp(name) / "data")


@pytest.fixture(scope="session")
def made_once(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, Callable[[DataFolder], object]], DataFolder]:
    """Makes a data directory once for all test processes; the others wait for the first.

    It is for looking at: who changes it takes a copy.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base

    def make(name: str, fill: Callable[[DataFolder], object]) -> DataFolder:
        folder = DataFolder(shared / name / "data")
        done = shared / name / "done"
        folder.path.parent.mkdir(exist_ok=True)
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder.path, ignore_errors=True)
                fill(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Runs `cxledger` commands as processes that begin with everything imported."""
    warm = Warm()
    yield warm
    warm.close()


@pytest.fixture(scope="session")
def scenario_data(
    made_once: Callable[[str, Callable[[DataFolder], object]], DataFolder],
    request: pytest.FixtureRequest,
) -> DataFolder:
    """The scenario organizations, run month by month through the command line; check.txt says how.

    With several test processes the first one runs them and the others wait for it.
    """

    def check(folder: DataFolder) -> None:
        warm: Warm = request.getfixturevalue("warm")
        checked = subprocess.run(
            [
                sys.executable,
                str(Path(__file__).parent / "scenarios" / "check.py"),
                "--keep",
                str(folder.path),
                "--cxledger",
                f"{sys.executable} -m tests.warm {warm.socket}",
            ],
            cwd=PROJECT_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        (folder.path / "check.txt").write_text(checked.stdout + checked.stderr)

    return made_once("scenarios", check)
