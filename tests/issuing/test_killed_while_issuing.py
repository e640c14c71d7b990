"""Killed at any point, each invoice is issued once or not at all, and the next run completes it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from dagster_project.issuing import read_issued
from dagster_project.warehouse import work

if TYPE_CHECKING:
    from pathlib import Path

    from tests.issuing.conftest import Drafts

KILLS = 50
SEED = 20261122

# announces that its imports are done, so that a kill falls into the issuing and not before it
ISSUING = """
import sys
from pathlib import Path
from dagster_project.issuing import issue_drafts
from dagster_project.settings import Settings
from dagster_project.warehouse import work
import polars
settings = Settings.load(Path(sys.argv[1]))
print("ready", flush=True)
with work(settings) as con:
    issue_drafts(settings, con, "run-1")
print("done", flush=True)
"""


def _start(data: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", ISSUING, str(data)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _duration(data: Path) -> float:
    start = time.monotonic()
    process = _start(data)
    start = time.monotonic()
    process.communicate()
    assert process.returncode == 0
    return time.monotonic() - start


@pytest.mark.slow
def test_killed_at_fifty_points_each_invoice_is_issued_once_or_not_at_all(
    drafts: Drafts, tmp_path: Path
) -> None:
    for month in range(1, 10):
        for org in ("acme", "beta"):
            drafts.add(org, f"2026-0{month}", amounts=("10.00",) * 40)
    drafts.ask(*(f"2026-0{month}" for month in range(1, 10)), orgs=("acme", "beta"))
    prepared = drafts.settings.data
    whole = tmp_path / "whole"
    shutil.copytree(prepared, whole)
    longest = max(_duration(whole), 0.2)
    expected = [
        (invoice.invoice_id, invoice.invoice_number, invoice.lines)
        for invoice in read_issued(type(drafts)(drafts.settings.load(whole)).settings)
    ]
    assert len(expected) == 18

    chance = random.Random(SEED)  # noqa: S311
    print(f"seed {SEED}, up to {longest:.2f} s")  # noqa: T201
    cut_short = 0
    for kill in range(KILLS):
        data = tmp_path / f"kill-{kill}"
        shutil.copytree(prepared, data)
        process = _start(data)
        time.sleep(chance.uniform(0, longest))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
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
