"""The concurrency sweep of a month that was run, or the scan of its files: `sweep DATA WHAT`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import duckdb

from dagster_project import dbt_project
from dagster_project.settings import TARGET_DIR, Settings
from dagster_project.warehouse import work
from tests.benchmarks.measure import tell

MODELS = (
    "session_kinds",
    "sessions",
    "touching_kinds",
    "watched_sessions",
    "sweep_subjects",
    "subject_days",
    "level_times",
    "unbroken_peaks",
    "session_peaks",
)
SCAN = """
    select count(distinct filename), max("User"), max("Charge Name"), min("Login At"),
        max("Logout At")
    from read_csv(
        '{files}', header = true, filename = true,
        columns = {{
            'User': 'varchar', 'Login At': 'timestamp', 'Logout At': 'timestamp',
            'Charge Name': 'varchar'
        }}
    )
"""


def sweep(settings: Settings) -> None:
    """Computes the models from the landed sessions to the billed peaks again, as the run did."""
    selected = {f"int_licences__{name}" for name in MODELS}
    seconds: dict[str, float] = {}
    with work(settings) as con:
        start = time.perf_counter()
        for node in dbt_project.ordered_nodes():
            if node["name"] in selected and node["config"]["materialized"] != "view":
                relation = f"{node['schema']}.{node['name']}"
                compiled = TARGET_DIR / "compiled/cxledger" / node["original_file_path"]
                before = time.process_time()
                con.execute(f"create or replace table {relation} as {compiled.read_text()}")
                seconds[node["name"].rpartition("__")[2]] = time.process_time() - before
        taken = time.perf_counter() - start
        peaks = con.execute(
            "select count(*), sum(peak_users)::bigint from intermediate.int_licences__session_peaks"
        ).fetchall()
    tell(seconds, peaks, work=taken, cpu=sum(seconds.values()))


def scan(settings: Settings) -> None:
    """Reads the session files with explicit types, and looks at every cell."""
    files = settings.landing / "*" / "login_sessions" / "*.csv"
    with duckdb.connect(config={"threads": os.cpu_count() or 1}) as con:
        start, before = time.perf_counter(), time.process_time()
        found = con.execute(SCAN.format(files=files)).fetchall()
        taken, cpu = time.perf_counter() - start, time.process_time() - before
    tell({}, found, work=taken, cpu=cpu)


if __name__ == "__main__":
    {"sweep": sweep, "scan": scan}[sys.argv[2]](Settings.load(Path(sys.argv[1])))
