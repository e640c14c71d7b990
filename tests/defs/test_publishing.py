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

if TYPE_CHECKING:
    from conftest import DataFolder

BILLABLE = (
    "Charge Name,Entity,Timestamp\nGenesys Cloud CX 2 User,{user}@x.example,2026-03-05T09:00:00Z\n"
)
CALLS = (
    "SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds),"
    "Usage Rate Per Minute,Total cost\n"
    "sip-1,+13175550100,+12125550199,Domestic,Outbound,2026-03-03T09:00:00Z,34,0.0119,0.0071\n"
)
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
    print(reads, sorted(totals))
    """
)


@pytest.mark.slow
def test_a_second_process_reads_in_a_loop_while_a_run_writes(data_folder: DataFolder) -> None:
    data_folder.contract("acme")
    data_folder.land("acme", "billable_usage", "a.csv", BILLABLE.format(user="a"))
    data_folder.land("acme", "voice_usage", "c.csv", CALLS)
    data_folder.run("2026-03")
    stop = data_folder.path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(data_folder.settings.published_file), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    data_folder.land("acme", "billable_usage", "b.csv", BILLABLE.format(user="b"))
    data_folder.run("2026-03")
    data_folder.run("2026-02")
    stop.touch()
    out, err = reader.communicate(timeout=60)
    assert reader.returncode == 0, err
    reads, totals = out.split(maxsplit=1)
    assert int(reads) > 10
    assert set(json.loads(totals)) <= {2, 3}


@pytest.mark.slow
def test_a_duckdb_1_client_reads_the_marts_and_the_calls(data_folder: DataFolder) -> None:
    client = Path(sys.executable).with_name("duckdb")
    assert client.exists() or shutil.which("duckdb"), "duckdb-cli is in the lock file"
    data_folder.contract("acme")
    data_folder.land("acme", "voice_usage", "c.csv", CALLS)
    data_folder.run("2026-03")
    answer = subprocess.run(
        [
            str(client),
            "-readonly",
            "-json",
            str(data_folder.settings.published_file),
            "select version() as version, count(*) as calls, sum(billed_cost) as cost "
            "from marts.rated_calls",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    (row,) = json.loads(answer.stdout)
    assert row["version"].startswith("v1.")
    assert (row["calls"], float(row["cost"])) == (1, 0.0071)
