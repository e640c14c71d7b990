"""Readers and runs never wait for each other, and an older client can read what is published."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.defs.conftest import MONTHS, users

if TYPE_CHECKING:
    from conftest import DataFolder

READER = textwrap.dedent(
    """
    import sys, time, duckdb
    path, stop = sys.argv[1:]
    reads, totals = 0, set()
    import pathlib
    while not pathlib.Path(stop).exists():
        con = duckdb.connect(path, read_only=True)
        con.execute("set enable_progress_bar = false")
        totals.add(con.execute("select count(*) from marts.invoice_lines").fetchone()[0])
        con.execute("select count(*) from marts.rated_calls").fetchone()
        con.close()
        reads += 1
        time.sleep(0.2)
    print(reads, sorted(totals))
    """
)


@pytest.mark.slow
def test_a_second_process_reads_in_a_loop_while_a_run_writes(billed: DataFolder) -> None:
    stop = billed.path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(billed.settings.published_file), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    billed.land("acme", "billable_usage", "b.csv", users("b", day="2026-04-05"))
    billed.run_several(MONTHS)
    ((lines,),) = billed.query("select count(*) from marts.invoice_lines")
    assert lines == 4
    stop.touch()
    out, err = reader.communicate(timeout=60)
    assert reader.returncode == 0, err
    reads, totals = out.split(maxsplit=1)
    assert int(reads) > 10
    assert set(json.loads(totals)) <= {3, 4}


@pytest.mark.slow
def test_a_duckdb_1_client_reads_the_marts_and_the_calls(first_run: DataFolder) -> None:
    client = Path(sys.executable).with_name("duckdb")
    assert client.exists() or shutil.which("duckdb"), "duckdb-cli is in the lock file"
    answer = subprocess.run(
        [
            str(client),
            "-readonly",
            "-json",
            str(first_run.settings.published_file),
            "select version() as version, count(*) as calls, sum(billed_cost) as cost "
            "from marts.rated_calls",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    (row,) = json.loads(answer.stdout)
    assert row["version"].startswith("v1.")
    assert (row["calls"], float(row["cost"])) == (90, 0.639)
