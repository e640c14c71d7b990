"""The concurrency sweep of a month, by model, and the scan of its sessions: `sweep DATA MONTH`."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

from dagster_project import dbt_project
from dagster_project.progress import SilentProgress
from dagster_project.runner import run_months
from dagster_project.settings import Settings
from dagster_project.warehouse import work
from tests.benchmarks.measure import tell

MODELS = (
    "session_kinds",
    "sessions",
    "touching_kinds",
    "watched_sessions",
    "subject_days",
    "level_times",
    "unbroken_peaks",
    "session_peaks",
)
SCAN = (
    "select count(distinct org), max(user_name), max(charge_name), min(login_at), max(logout_at) "
    "from genesys.login_sessions"
)


def main(data: Path, month: date) -> None:
    """Runs the month once, then the models of the sweep again, and the scan beside them."""
    settings = Settings.load(data)
    run_months(settings, [month], [], date(2026, 11, 22), SilentProgress())
    selection = ["--select", *(f"int_licences__{name}" for name in MODELS)]
    built = dbt_project.build(settings, ["run", *selection])
    seconds = {result.unique_id.split("__")[-1]: result.seconds for result in built}
    with work(settings) as con:
        con.execute(SCAN).fetchall()
        start = time.perf_counter()
        con.execute(SCAN).fetchall()
        scan = time.perf_counter() - start
        peaks = con.execute(
            "select count(*), sum(peak_users)::bigint from intermediate.int_licences__session_peaks"
        ).fetchall()
    tell({"scan": scan, "sweep": sum(seconds.values()), **seconds}, peaks)


if __name__ == "__main__":
    main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]))
