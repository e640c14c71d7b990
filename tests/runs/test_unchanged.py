"""An unchanged repeat is answered from a note; whatever changes, by whatever trick, is a run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project import unchanged
from dagster_project.runner import RunOutcome
from tests.conftest import DataFolder

REQUEST = unchanged.Request("2026-10-01", ("acme",), "2026-11-22")
OUTCOME = RunOutcome("run-1", {"hora": "contracts/hora.yml:3: no"}, 1)


@pytest.fixture
def ran(data_folder: DataFolder) -> DataFolder:
    """A data directory as a run left it, and noted."""
    data_folder.contract("acme")
    data_folder.land("acme", "org_users", "users.csv", "User\na@x\n")
    for name in (
        "warehouse/cxledger.duckdb",
        "warehouse/work/cxledger.duckdb",
        "books/files.jsonl",
    ):
        _write(data_folder.path / name, "as it was")
    _write(data_folder.path / "invoices/acme/acme-2026-10/invoice.pdf", "pages")
    _write(data_folder.path / "warehouse/calls/acme/f.parquet", "calls")
    before = unchanged.inputs(data_folder.settings)
    unchanged.remember(data_folder.settings, REQUEST, before, OUTCOME)
    return data_folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _same_size_same_time(path: Path) -> None:
    """An edit that hides: the size stays and the modification time is set back."""
    was = path.stat()
    path.write_text(path.read_text().swapcase())
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


def test_the_same_again_is_answered_with_its_outcome(ran: DataFolder) -> None:
    assert unchanged.last_outcome(ran.settings, REQUEST) == OUTCOME


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, month="2026-09-01"),
        replace(REQUEST, orgs=()),
        replace(REQUEST, as_of="2026-11-23"),
    ],
)
def test_another_request_is_a_run(ran: DataFolder, other: unchanged.Request) -> None:
    assert unchanged.last_outcome(ran.settings, other) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda data: _same_size_same_time(data / "landing/acme/org_users/users.csv"),
        lambda data: _same_size_same_time(data / "contracts/acme.yml"),
        lambda data: _write(data / "landing/acme/org_users/more.csv", "User\nb@x\n"),
        lambda data: _write(data / "reference/charge_names.csv", "charge_name\n"),
        lambda data: _write(data / "contracts/hora.yml", "org: hora\n"),
        lambda data: (data / "landing/acme/org_users/users.csv").unlink(),
        lambda data: (data / "contracts/acme.yml").rename(data / "contracts/acme2.yml"),
        lambda data: (data / "warehouse/cxledger.duckdb").unlink(),
        lambda data: (data / "warehouse/work/cxledger.duckdb").unlink(),
        lambda data: (data / "warehouse/calls/acme/f.parquet").unlink(),
        lambda data: (data / "invoices/acme/acme-2026-10/invoice.pdf").unlink(),
        lambda data: _write(data / "books/accepted.jsonl", "{}\n"),
        lambda data: _write(data / "warehouse/last_run.json", "{"),
    ],
)
def test_whatever_changes_is_a_run(ran: DataFolder, change: Callable[[Path], None]) -> None:
    change(ran.path)
    assert unchanged.last_outcome(ran.settings, REQUEST) is None


def test_another_version_of_the_product_is_a_run(
    ran: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "DBT_DIR", tmp_path)
    assert unchanged.last_outcome(ran.settings, REQUEST) is None


def test_what_lands_while_a_run_is_at_work_is_not_noted_as_seen(ran: DataFolder) -> None:
    before = unchanged.inputs(ran.settings)
    ran.land("acme", "org_users", "late.csv", "User\nc@x\n")
    unchanged.remember(ran.settings, REQUEST, before, OUTCOME)
    assert unchanged.last_outcome(ran.settings, REQUEST) is None


def test_an_issuing_run_is_noted_by_nobody(ran: DataFolder) -> None:
    unchanged.remember(ran.settings, REQUEST, "", OUTCOME)
    assert unchanged.last_outcome(ran.settings, REQUEST) is None


def test_a_circle_of_links_is_in_doubt(ran: DataFolder) -> None:
    (ran.path / "landing/acme/circle").symlink_to(ran.path / "landing")
    assert unchanged.last_outcome(ran.settings, REQUEST) is None
    assert unchanged.inputs(ran.settings) == ""


def test_looking_for_the_last_outcome_imports_nothing_heavy() -> None:
    heavy = "{'dagster', 'dbt', 'great_expectations', 'pandas', 'polars'}"
    asked = f"import sys, dagster_project.unchanged; print({heavy} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"
