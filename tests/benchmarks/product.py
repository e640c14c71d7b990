"""One run of the product on a data directory, stage by stage: `product DATA MONTH`."""

from __future__ import annotations

import gc
import sys
from datetime import date
from pathlib import Path

from tests.benchmarks.measure import StageClock, tell

TOTALS = """
    select service || '.' || market, sum(calls)::bigint, sum(adjusted_minutes)::varchar,
        sum(billed_cost)::varchar
    from marts.telco_charges where period_start = ? group by all order by all
"""


def main(data: Path, month: date) -> None:
    """Runs it as `cxledger run` does and tells what it took and what it billed."""
    gc.set_threshold(50_000, 20, 100)
    clock = StageClock()
    from dagster_project.cli import leave
    from dagster_project.runner import run_months
    from dagster_project.settings import Settings
    from dagster_project.warehouse import published

    settings = Settings.load(data)
    run_months(settings, [month], [], date(2026, 11, 22), clock)
    clock.stage("")
    with published(settings) as con:
        tell(clock.stages, [list(row) for row in con.execute(TOTALS, [month]).fetchall()])
    leave(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]))
