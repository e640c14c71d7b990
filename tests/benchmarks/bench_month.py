"""One month of calls: the product beside `bare`, stage by stage, in one run.

    python tests/benchmarks/bench_month.py --rows 1000000

`bare` is DuckDB's `create table as select` of the same file with typed columns, 2 threads. What a
run costs with ten calls is start-up (imports, dbt's and Great Expectations' fixed part, Dagster's
events); what it costs beyond that is the work, and is what the ratio speaks of.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.runner import run_months
from dagster_project.settings import Settings

_CONTRACT = """\
org: bench
country: US
currency: USD
contract: {effective_date: 2026-01-01, subscription: monthly, licence_model: named}
licences: [{licence: cx2, prepay_rate: 95}]
voice: {short_call: {rate: 0.0120}}
"""
_CALLS = """
copy (
    select
        'sip-' || md5(i::varchar) as "SIP Call Id",
        '+1317555' || lpad((i % 10000)::varchar, 4, '0') as "Origin",
        ['+1212', '+1416', '+4420', '+3314', '+4930'][1 + (hash(i * 5) % 5)::bigint]
        || lpad((hash(i) % 10000000)::varchar, 7, '0') as "Destination",
        'UG1' as "Usage Group",
        'UG1 display' as "Usage Group Display",
        'Domestic' as "Call Type",
        case when i % 3 = 0 then 'Inbound' else 'Outbound' end as "Direction",
        strftime(start_at, '%Y-%m-%dT%H:%M:%SZ') as "Start time",
        strftime(start_at + to_seconds(seconds), '%Y-%m-%dT%H:%M:%SZ') as "End Time",
        seconds as "Duration (Seconds)",
        sixes * 6 as "Adjusted Duration (seconds)",
        sixes // 10 || '.' || sixes % 10 as "Adjusted Duration (minutes)",
        '0.0119' as "Usage Rate Per Minute",
        ((sixes * 1190 + 50) // 100)::decimal(18, 0) * 0.0001 as "Total cost",
        'USD' as "Currency",
        'us-2026' as "Rate Sheet"
    from (
        select
            i,
            (hash(i * 3) % 600)::bigint as seconds,
            (hash(i * 3) % 600 + 5)::bigint // 6 as sixes,
            timestamp '2026-03-01' + to_seconds((hash(i * 7) % 2678400)::bigint) as start_at
        from range({rows}) as calls(i)
    )
) to '{path}' (header)
"""
_BARE = """
create table calls as select * from read_csv('{path}', header = true, columns = {{
    'sip_call_id': 'varchar', 'origin': 'varchar', 'destination': 'varchar',
    'usage_group': 'varchar', 'usage_group_display': 'varchar', 'call_type': 'varchar',
    'direction': 'varchar', 'start_at': 'timestamp', 'end_at': 'timestamp',
    'duration_seconds': 'integer', 'adjusted_seconds': 'integer',
    'adjusted_minutes': 'decimal(18, 6)', 'rate': 'decimal(18, 6)', 'cost': 'decimal(18, 6)',
    'currency': 'varchar', 'rate_sheet': 'varchar'
}})
"""


class StageClock:
    """Progress that keeps the time of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._current = ""
        self._since = time.perf_counter()

    def stage(self, title: str, total: int | None = None) -> None:
        """The last stage ends, the next begins."""
        del total
        now = time.perf_counter()
        if self._current:
            self.seconds[self._current] = self.seconds.get(self._current, 0) + now - self._since
        self._current, self._since = title, now

    def step(self, label: str) -> None:
        """Steps are not timed."""


def bare(path: Path, folder: Path) -> float:
    """Seconds of the baseline."""
    target = folder / "bare.duckdb"
    target.unlink(missing_ok=True)
    with duckdb.connect(str(target), config={"threads": 2}) as con:
        con.execute("set preserve_insertion_order = false")
        start = time.perf_counter()
        con.execute(_BARE.format(path=path))
        con.execute("checkpoint")
        return time.perf_counter() - start


def product(path: Path, folder: Path) -> dict[str, float]:
    """Seconds by stage of a first run of the month, in a data directory of its own."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    (data / "contracts").mkdir(parents=True)
    (data / "contracts" / "bench.yml").write_text(_CONTRACT)
    landing = data / "landing" / "bench" / "voice_usage"
    landing.mkdir(parents=True)
    (landing / path.name).hardlink_to(path)
    clock = StageClock()
    clock.stage("start-up")
    run_months(Settings.load(data), [date(2026, 3, 1)], [], date(2026, 11, 22), clock)
    clock.stage("")
    return clock.seconds


def main() -> None:
    """Makes the calls, runs both alternately, prints the table and writes JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cxledger-bench-") as name:
        folder = Path(name)
        small, large = folder / "small.csv", folder / "large.csv"
        duckdb.sql(_CALLS.format(rows=10, path=small))
        duckdb.sql(_CALLS.format(rows=options.rows, path=large))
        product(small, folder)
        rounds = []
        for _ in range(options.repeat):
            fixed = product(small, folder)
            base = bare(large, folder)
            whole = product(large, folder)
            rounds.append({"bare": base, "fixed": fixed, "whole": whole})
    median = sorted(rounds, key=lambda r: work(r) / r["bare"])[len(rounds) // 2]
    say(f"{options.rows:,} calls, median of {len(rounds)}; {platform.machine()}, 2 threads")
    say(f"{'stage':24}{'seconds':>9}{'fixed':>9}{'beyond':>9}{'x bare':>8}")
    for stage, seconds in median["whole"].items():
        beyond = seconds - median["fixed"].get(stage, 0)
        ratio = beyond / median["bare"]
        say(f"{stage:24}{seconds:9.2f}{seconds - beyond:9.2f}{beyond:9.2f}{ratio:8.2f}")
    say(f"{'bare':24}{median['bare']:9.2f}")
    say(f"work beyond start-up: {work(median):.2f} s = {work(median) / median['bare']:.2f} x bare")
    say(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")
    if options.json:
        options.json.write_text(json.dumps(rounds, indent=2))


def work(one: dict[str, dict[str, float]]) -> float:
    """Seconds of a round beyond what a run of ten calls costs."""
    return sum(one["whole"].values()) - sum(one["fixed"].values())


def say(line: str) -> None:
    """Prints a line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
