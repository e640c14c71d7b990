"""Killed at any point, each invoice is issued once or not at all, and the next run completes it.

`make laws` kills at fifty points; the tests kill once in each tenth of the time.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from dagster_project.issuing import read_issued
from dagster_project.warehouse import work
from tests.kills import moments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.issuing.conftest import Drafts

KILLS = int(os.environ.get("KILLED_ISSUES", "10"))
SEED = 20261122

# everything is imported once; each issuing is a process of its own, and its kill falls into it
ISSUING = """
import os
import sys
from pathlib import Path
from dagster_project.issuing import issue_drafts
from dagster_project.settings import Settings
from dagster_project.warehouse import work
import polars
while line := sys.stdin.readline():
    pid = os.fork()
    if pid == 0:
        try:
            settings = Settings.load(Path(line.strip()))
            with work(settings) as con:
                issue_drafts(settings, con, "run-1")
            os._exit(0)
        finally:
            os._exit(1)
    print(pid, flush=True)
    sys.stdin.readline()  # until it is asked for, its number is no other's
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Issuer:
    """Starts processes that issue the drafts of a data directory."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-c", ISSUING],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, data: Path) -> int:
        """Its process id."""
        return self._answer(str(data))

    def wait(self) -> int:
        """The exit status of the one that was started last; 0, or minus the signal."""
        return self._answer("")

    def close(self) -> None:
        self._parent.communicate()

    def _answer(self, line: str) -> int:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(f"{line}\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.close()


def _duration(issuer: Issuer, data: Path) -> float:
    issuer.start(data)
    start = time.monotonic()
    assert issuer.wait() == 0
    return time.monotonic() - start


@pytest.mark.slow
def test_killed_at_any_point_each_invoice_is_issued_once_or_not_at_all(
    drafts: Drafts, tmp_path: Path, issuer: Issuer
) -> None:
    for month in range(1, 10):
        for org in ("acme", "beta"):
            drafts.add(org, f"2026-0{month}", amounts=("10.00",) * 40)
    drafts.ask(*(f"2026-0{month}" for month in range(1, 10)), orgs=("acme", "beta"))
    prepared = drafts.settings.data
    whole = tmp_path / "whole"
    shutil.copytree(prepared, whole)
    longest = max(_duration(issuer, whole), 0.2)
    expected = [
        (invoice.invoice_id, invoice.invoice_number, invoice.lines)
        for invoice in read_issued(type(drafts)(drafts.settings.load(whole)).settings)
    ]
    assert len(expected) == 18

    cut_short = 0
    for kill, moment in enumerate(moments(KILLS, 0, longest, SEED)):
        data = tmp_path / f"kill-{kill}"
        shutil.copytree(prepared, data)
        process = issuer.start(data)
        time.sleep(moment)
        os.kill(process, signal.SIGKILL)
        assert issuer.wait() in {0, -signal.SIGKILL}
        after = type(drafts)(drafts.settings.load(data))
        found = [
            (invoice.invoice_id, invoice.invoice_number, invoice.lines)
            for invoice in read_issued(after.settings)
        ]
        assert found == expected[: len(found)], f"kill {kill} of seed {SEED}"
        cut_short += len(found) < len(expected)
        after.issue()
        completed = [
            (invoice.invoice_id, invoice.invoice_number, invoice.lines)
            for invoice in read_issued(after.settings)
        ]
        assert completed == expected, f"kill {kill} of seed {SEED}"
        assert {status for _, status, _ in after.shown()} == {"issued"}
        with work(after.settings) as con:
            assert con.execute(
                "select count(*), count(distinct line_id) from ops.issued_lines"
            ).fetchall() == [(720, 720)]
        shutil.rmtree(data)
    assert cut_short, "no kill came before the end: the test shows nothing"


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.001, 0.3, 0.5, 0.999])
def test_a_book_cut_within_a_batch_is_completed_with_the_same_numbers(
    drafts: Drafts, part: float
) -> None:
    for month in ("2026-03", "2026-04", "2026-05"):
        drafts.add("acme", month)
    drafts.ask("2026-03", "2026-04", "2026-05")
    drafts.issue()
    path = drafts.settings.books / "invoices.jsonl"
    whole = path.read_bytes()
    with work(drafts.settings) as con:
        con.execute("delete from ops.books")
        con.execute("delete from ops.issued_invoices")
        con.execute("delete from ops.issued_lines")
        con.execute("update marts.invoices set status = 'draft', invoice_number = null")
    path.write_bytes(whole[: int(len(whole) * part)])
    drafts.issue()

    def without_time(content: bytes) -> list[object]:
        return [{**json.loads(line), "issued_at": None} for line in content.splitlines()]

    assert without_time(path.read_bytes()) == without_time(whole)
