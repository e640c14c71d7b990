"""The same month of the same file by other means: `peers NAME FILE`, each as it is usually written.

All give one answer, by service and market: calls, adjusted minutes and cost, a call sent twice once
(VOX-10), the market by the longest calling-code prefix (VOX-6). `bare` is the baseline: DuckDB's
load of the file with typed columns and nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.settings import SEEDS_DIR
from tests.benchmarks.measure import tell

CODES = SEEDS_DIR / "calling_codes.csv"
POSTGRES = Path("/usr/lib/postgresql/15/bin")
_COLUMNS = {
    "sip_call_id": "varchar",
    "origin": "varchar",
    "destination": "varchar",
    "usage_group": "varchar",
    "usage_group_display": "varchar",
    "call_type": "varchar",
    "direction": "varchar",
    "start_at": "timestamp",
    "end_at": "timestamp",
    "duration_seconds": "integer",
    "adjusted_seconds": "integer",
    "adjusted_minutes": "decimal(18, 6)",
    "rate": "decimal(18, 6)",
    "cost": "decimal(18, 6)",
    "currency": "varchar",
    "rate_sheet": "varchar",
}
_LENGTHS = range(1, 8)
# equality joins on integer prefixes, the longest that is found wins
_TOTALS = """
with once as (
    select * from (
        select *, row_number() over (
            partition by sip_call_id, lower(direction), start_at, origin, destination
        ) as place
        from calls
    ) as placed
    where place = 1
),
located as (
    select
        lower(once.direction) as service,
        coalesce({longest}) as country,
        once.adjusted_minutes,
        once.cost
    from once
    {joins}
)
select
    service || '.' || case when country = 'US' then 'domestic' else 'international' end as line,
    count(*) as calls,
    sum(adjusted_minutes) as minutes,
    sum(cost) as cost
from located
group by 1
order by 1
"""
TOTALS = _TOTALS.format(
    longest=", ".join(f"p{n}.country" for n in reversed(_LENGTHS)),
    joins="\n    ".join(
        f"left join prefixes as p{n} on p{n}.digits = substr(once.destination, 2, {n})"
        for n in _LENGTHS
    ),
)


def bare(path: Path, folder: Path) -> tuple[Clock, Any]:
    """The load of the file, and nothing else."""
    clock = Clock()
    with duckdb.connect(str(folder / "bare.duckdb"), config={"threads": 2}) as con:
        con.execute("set preserve_insertion_order = false")
        con.execute(f"create table calls as {_typed(path)}")
        con.execute("checkpoint")
        clock.lap("load")
        con.execute("select min(start_at), sum(cost), max(destination) from calls").fetchall()
        clock.lap("scan")
    return clock, None


def duckdb_script(path: Path, folder: Path) -> tuple[Clock, Any]:
    """A DuckDB script: read, join, sum; nothing is kept."""
    clock = Clock()
    config = {"threads": 2, "memory_limit": "3GB", "temp_directory": str(folder)}
    with duckdb.connect(config=config) as con:
        con.execute(f"create view calls as {_typed(path)}")
        con.execute(f"create table prefixes as {_prefixes()}")
        rows = con.execute(TOTALS).fetchall()
    clock.lap("all")
    return clock, _answer(rows)


def postgresql(path: Path, folder: Path) -> tuple[Clock, Any]:
    """PostgreSQL 15 in a cluster of its own on a unix socket: COPY, then SQL."""
    cluster = folder / "cluster"
    codes = folder / "prefixes.csv"
    duckdb.sql(f"copy ({_prefixes()}) to '{codes}' (header)")
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")
        folder.chmod(0o755)
    _quietly(*user, POSTGRES / "initdb", "-D", cluster, "-A", "trust", "--no-sync")
    options = (
        f"-k {folder} -c listen_addresses= -c fsync=off -c shared_buffers=1GB -c work_mem=512MB "
        "-c jit=off -c max_wal_size=8GB"
    )
    _quietly(*user, POSTGRES / "pg_ctl", "-D", cluster, "-w", "-o", options, "-l",
             folder / "log", "start")  # fmt: skip
    try:

        def sql(text: str, source: Path | None = None) -> str:
            with (source or Path(os.devnull)).open() as stdin:
                return subprocess.run(
                    [
                        *user,
                        POSTGRES / "psql",
                        "-h",
                        folder,
                        "-d",
                        "postgres",
                        "-qtAF,",
                        "-c",
                        text,
                    ],
                    stdin=stdin,
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout

        columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        sql("create table prefixes (digits text, country text)")
        sql("copy prefixes from stdin (format csv, header)", codes)
        clock = Clock()
        sql(f"create unlogged table calls ({columns})")
        sql("copy calls from stdin (format csv, header)", path)
        clock.lap("load")
        rows = [line.split(",") for line in sql(TOTALS).splitlines()]
        clock.lap("rate and sum")
    finally:
        _quietly(*user, POSTGRES / "pg_ctl", "-D", cluster, "-m", "immediate", "stop")
    return clock, _answer(rows)


def polars(path: Path, folder: Path) -> tuple[Clock, Any]:
    """A Polars script: lazy, streaming, joins by length."""
    import polars as pl

    del folder
    clock = Clock()
    prefixes = duckdb.sql(_prefixes()).pl()
    calls = pl.scan_csv(path, schema_overrides={"Adjusted Duration (minutes)": pl.String,
                                                "Total cost": pl.String})  # fmt: skip
    calls = calls.select(
        pl.col("SIP Call Id", "Origin", "Destination", "Start time"),
        pl.col("Direction").str.to_lowercase(),
        pl.col("Adjusted Duration (minutes)", "Total cost").str.to_decimal(scale=6),
    ).unique(["SIP Call Id", "Direction", "Start time", "Origin", "Destination"])
    for length in _LENGTHS:
        calls = calls.with_columns(pl.col("Destination").str.slice(1, length).alias("digits")).join(
            prefixes.lazy().rename({"country": f"country{length}"}), on="digits", how="left"
        )
    country = pl.coalesce([f"country{length}" for length in reversed(_LENGTHS)])
    market = pl.when(country == "US").then(pl.lit("domestic")).otherwise(pl.lit("international"))
    lines = (
        calls.group_by(pl.concat_str("Direction", market, separator=".").alias("line"))
        .agg(pl.len(), pl.col("Adjusted Duration (minutes)", "Total cost").sum())
        .sort("line")
        .collect(engine="streaming")
    )
    clock.lap("all")
    return clock, _answer(lines.rows())


def pandas(path: Path, folder: Path) -> tuple[Clock, Any]:
    """The script that an analyst writes: read_csv, a function per row, groupby."""
    import pandas as pd

    del folder
    clock = Clock()
    countries = dict(duckdb.sql(_prefixes()).fetchall())

    def market(number: str) -> str:
        digits = number[1:]
        for length in reversed(_LENGTHS):
            if digits[:length] in countries:
                return "domestic" if countries[digits[:length]] == "US" else "international"
        return "unknown"

    text = {
        "Adjusted Duration (minutes)": str,
        "Total cost": str,
        "Destination": str,
        "Origin": str,
    }
    calls = pd.read_csv(path, dtype=text)
    calls["Direction"] = calls["Direction"].str.lower()
    calls = calls.drop_duplicates(["SIP Call Id", "Direction", "Start time", "Origin",
                                   "Destination"])  # fmt: skip
    calls["line"] = calls["Direction"] + "." + calls["Destination"].apply(market)
    for column in ("Adjusted Duration (minutes)", "Total cost"):
        calls[column] = calls[column].apply(Decimal)
    lines = calls.groupby("line").agg(
        {"SIP Call Id": "size", "Adjusted Duration (minutes)": "sum", "Total cost": "sum"}
    )
    clock.lap("all")
    return clock, _answer(list(lines.itertuples()))


PEERS: dict[str, Callable[[Path, Path], tuple[Clock, Any]]] = {
    "bare": bare,
    "duckdb": duckdb_script,
    "postgresql": postgresql,
    "polars": polars,
    "pandas": pandas,
}


class Clock:
    """Seconds between laps, on the clock and of the processor."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self._since = time.perf_counter(), time.process_time()

    def lap(self, name: str) -> None:
        """What was done since the last lap has this name."""
        now = time.perf_counter(), time.process_time()
        self.wall[name], self.cpu[name] = (
            after - before for before, after in zip(self._since, now, strict=True)
        )
        self._since = now


def _typed(path: Path) -> str:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
    return f"select * from read_csv('{path}', header = true, columns = {{{columns}}})"


def _prefixes() -> str:
    return (
        "select prefix as digits, first(country) as country "
        f"from read_csv('{CODES}', all_varchar = true) group by prefix"
    )


def _answer(rows: list[Any]) -> list[list[Any]]:
    """Line, calls, minutes and cost; the figures as texts of six decimals."""
    return [
        [line, int(calls), *(f"{Decimal(figure):.6f}" for figure in figures)]
        for line, calls, *figures in rows
    ]


def _quietly(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)


def main(name: str, path: Path) -> None:
    """Measures one of them; reading its own result again is not its work."""
    with tempfile.TemporaryDirectory(prefix="cxledger-peer-") as folder:
        clock, answer = PEERS[name](path, Path(folder))
    work, cpu = (
        sum(seconds for lap, seconds in laps.items() if lap != "scan")
        for laps in (clock.wall, clock.cpu)
    )
    # what PostgreSQL's server takes of the processor is not this process's
    tell(clock.cpu, answer, work=work, cpu=0.0 if name == "postgresql" else cpu)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
