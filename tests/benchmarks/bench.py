"""The budgets of speed and memory, measured: `make bench ROWS=10000000`.

Every row of the table is a ratio of two measurements of one run, taken alternately, so that a slow
or busy machine slows both; a row is the median of its alternations, on the clock (what a budget is
of) and in seconds of processor (which others' work on the machine changes less). Choose rows with
`--only`.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks import usage
from tests.benchmarks.measure import Measurement, in_process_of_its_own
from tests.benchmarks.peers import PEERS, POSTGRES

IMPORTS = "import dagster, dagster_dbt, dbt.cli.main"
MONTH = "2026-03-01"
MOST_FOR_PANDAS = 1_000_000


@dataclass(frozen=True)
class Size:
    """How much is measured; `make bench` sets each."""

    rows: int
    orgs: int
    months: int
    sessions: int
    repeat: int


@dataclass
class Row:
    """One line of the table.

    Attributes:
        work: what was measured, against what.
        ratio: of the seconds on the clock, the median.
        at_most: the budget of it; None: shown for comparison.
        cpu_ratio: of the seconds of processor, the median: a busy machine changes it less.
        measured: the measurements behind the ratio, by name, of the median round.
    """

    work: str
    ratio: float
    at_most: float | None
    cpu_ratio: float | None = None
    measured: dict[str, Measurement] = field(default_factory=dict)


class Bench:
    """Makes what it measures in a folder of its own, and forgets it."""

    def __init__(self, size: Size, folder: Path) -> None:
        self.size = size
        self.folder = folder
        self._answers: dict[int, Any] = {}  # the product's, by the calls of the one organization

    def first(self) -> Row:
        """A first run of a month of one organization against `bare`."""
        path = self._usage(["bench"], self.size.rows)
        row = self._against_bare(f"first run, {self.size.rows:,} calls, 1 organization", path, 2.5)
        self._answers[self.size.rows] = row.measured["product"].answer
        return row

    def organizations(self) -> Row:
        """The same calls of many organizations together, against `bare` of one file."""
        count = self.size.orgs
        each = self.size.rows // count
        whole = self._usage(["bench"], each * count)
        self._usage([f"org-{number}" for number in range(count)], each)
        return self._against_bare(f"first run, the calls of {count} organizations", whole, 2.5)

    def small_memory(self) -> Row:
        """A first run within one gigabyte, against `bare`: it passes, whatever it takes."""
        path = self._usage(["bench"], self.size.rows)
        limit = {"CXLEDGER_MEMORY_LIMIT_GB": "1"}
        return self._against_bare("first run with a limit of 1 GB", path, None, limit)

    def repeat(self) -> Row:
        """The same again, nothing new, against the imports."""
        self._usage(["bench"], min(self.size.rows, 1_000_000))
        again = partial(self._command, "run", "--as-of", "2026-11-22", "--month", MONTH[:7])
        again()
        return self._alternate(
            "the same again, nothing new", 1.5, {"product": again, "imports": _imports}
        )

    def start_up(self) -> Iterator[Row]:
        """What a person waits for who asks something, against the imports."""
        self._usage(["bench"], 1000)
        self._product()
        for asked in ("--help", "status"):
            pair = {"product": partial(self._command, asked), "imports": _imports}
            yield self._alternate(f"`cxledger {asked}`", None, pair)

    def late_day(self) -> Row:
        """A thirtieth of the month's calls, of one day, into a month that is billed."""
        path = self._usage(["bench"], self.size.rows)
        self._product()
        days = iter(range(1, 31))

        def late() -> Measurement:
            day = next(days)
            usage.calls(
                self._data, "bench", self.size.rows // 30, start=f"2026-03-{day:02}", days=1,
                name=f"late-{day}",
            )  # fmt: skip
            return self._product()

        return self._alternate(
            "a late day into that month",
            0.7,
            {"product": late, "bare": lambda: _peer("bare", path)},
        )

    def history(self) -> Row:
        """The last month of a history of months against the first."""
        self._usage([], 0)
        usage.contract(self._data, "bench")
        taken = []
        for number in range(self.size.months):
            month = f"2025-{number + 1:02}-01" if number < 12 else f"2026-{number - 11:02}-01"
            usage.calls(self._data, "bench", self.size.rows, start=month, days=28, name=month)
            taken.append(self._product(month))
        first, last = taken[0], taken[-1]
        work = f"month {self.size.months} of a history against month 1"
        pair = {"last": last, "first": first}
        return Row(work, last.work / first.work, 1.2, last.cpu / first.cpu, pair)

    def demo(self) -> Row:
        """A first run on the demo data against the imports."""

        def run() -> Measurement:
            shutil.rmtree(self._data, ignore_errors=True)
            in_process_of_its_own("tests.benchmarks.demo_data", str(self._data))
            return self._product("2026-10-01")

        return self._alternate(
            "first run on the demo data", 3, {"product": run, "imports": _imports}
        )

    def concurrency(self) -> Row:
        """The billed peaks of many organizations' sessions against the scan of their files.

        The scan is DuckDB reading the same files with explicit types, as `bare` reads calls.
        """
        shutil.rmtree(self._data, ignore_errors=True)
        each = self.size.sessions // self.size.orgs
        for number in range(self.size.orgs):
            usage.contract(self._data, f"org-{number}", model="concurrent")
            usage.sessions(self._data, f"org-{number}", each, number * each)
        in_process_of_its_own("tests.benchmarks.product", str(self._data), MONTH)
        return self._alternate(
            f"billed peaks of {each * self.size.orgs:,} sessions against their scan",
            10,
            {
                "sweep": lambda: self._sweep("sweep"),
                "scan": lambda: self._sweep("scan"),
            },
        )

    def small_organizations(self) -> Row:
        """Many small organizations: a month of all against a hundredth as many times one."""
        count = self.size.orgs * 5

        def one() -> Measurement:
            self._usage(["org-0"], 1000)
            return self._product()

        def many() -> Measurement:
            self._usage([f"org-{number}" for number in range(count)], 1000)
            return self._product()

        row = self._alternate(
            f"{count:,} small organizations, per 100, against one", 5, {"many": many, "one": one}
        )
        row.ratio /= count / 100
        row.cpu_ratio = row.cpu_ratio and row.cpu_ratio / (count / 100)
        return row

    def peers(self) -> Iterator[Row]:
        """The same month by other means, against `bare`; each must give the product's answer."""
        for name in PEERS:
            if name == "bare" or (name == "postgresql" and not POSTGRES.is_dir()):
                continue
            rows = min(self.size.rows, MOST_FOR_PANDAS) if name == "pandas" else self.size.rows
            path = self._usage(["bench"], rows)
            if rows not in self._answers:
                self._answers[rows] = self._product().answer
            row = self._against_peer(name, path, rows)
            if row.measured["peer"].answer != self._answers[rows]:
                raise AssertionError(
                    f"{name} gives {row.measured['peer'].answer}, the product {self._answers[rows]}"
                )
            yield row

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _usage(self, orgs: list[str], rows: int) -> Path:
        """A data directory with nothing but these organizations' calls of March 2026."""
        kept = self.folder / f"calls-{rows}.csv"
        shutil.rmtree(self._data, ignore_errors=True)
        for org in orgs:
            usage.contract(self._data, org)
            if not kept.exists():
                usage.calls(self._data, org, rows).replace(kept)
            path = self._data / "landing" / org / "voice_usage" / "c.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.hardlink_to(kept)
        return kept

    def _product(
        self, month: str = MONTH, environment: dict[str, str] | None = None
    ) -> Measurement:
        return in_process_of_its_own(
            "tests.benchmarks.product", str(self._data), month, environment=environment
        )

    def _command(self, *arguments: str) -> Measurement:
        return in_process_of_its_own(
            "tests.benchmarks.command",
            *arguments,
            environment={"CXLEDGER_DATA": str(self._data)},
        )

    def _against_bare(
        self,
        work: str,
        path: Path,
        at_most: float | None,
        environment: dict[str, str] | None = None,
    ) -> Row:
        def run() -> Measurement:
            for made in ("warehouse", "books", "dagster", "invoices", "quality"):
                shutil.rmtree(self._data / made, ignore_errors=True)
            return self._product(environment=environment)

        return self._alternate(work, at_most, {"product": run, "bare": lambda: _peer("bare", path)})

    def _against_peer(self, name: str, path: Path, rows: int) -> Row:
        pair = {"peer": lambda: _peer(name, path), "bare": lambda: _peer("bare", path)}
        return self._alternate(f"{name}, {rows:,} calls", None, pair)

    def _alternate(
        self, work: str, at_most: float | None, pair: dict[str, Callable[[], Measurement]]
    ) -> Row:
        """Measures both in turn and takes the round of the median ratio of their wall seconds."""
        (name, one), (other_name, other) = pair.items()
        rounds = [{name: one(), other_name: other()} for _ in range(self.size.repeat)]
        ratios = [each[name].work / each[other_name].work for each in rounds]
        cpu_ratios = [each[name].cpu / each[other_name].cpu for each in rounds]
        middle = ratios.index(statistics.median_low(ratios))
        cpu_ratio = statistics.median_low(cpu_ratios) or None
        return Row(work, ratios[middle], at_most, cpu_ratio, rounds[middle])

    def _sweep(self, what: str) -> Measurement:
        return in_process_of_its_own("tests.benchmarks.sweep", str(self._data), what)


def _peer(name: str, path: Path) -> Measurement:
    return in_process_of_its_own("tests.benchmarks.peers", name, str(path))


def _imports() -> Measurement:
    return in_process_of_its_own("tests.benchmarks.imports")


ROWS = (
    "first",
    "repeat",
    "start_up",
    "late_day",
    "history",
    "demo",
    "concurrency",
    "small_organizations",
    "organizations",
    "small_memory",
    "peers",
)


def main(arguments: list[str]) -> list[Row]:
    """Measures the chosen rows, prints the table, writes JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="calls of the month")
    parser.add_argument("--orgs", type=int, default=200)
    parser.add_argument("--months", type=int, default=10)
    parser.add_argument("--sessions", type=int, default=5_000_000)
    parser.add_argument("--repeat", type=int, default=3, help="alternations")
    parser.add_argument("--only", default=",".join(ROWS), help=f"of {', '.join(ROWS)}")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.only.split(",")) - set(ROWS))
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}: choose of {', '.join(ROWS)}")
    size = Size(options.rows, options.orgs, options.months, options.sessions, options.repeat)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="cxledger-bench-") as name:
        bench = Bench(size, Path(name))
        for chosen in options.only.split(","):
            measured = getattr(bench, chosen)()
            for row in [measured] if isinstance(measured, Row) else measured:
                rows.append(row)
                say(row)
    if options.json:
        told = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{platform.system()} {platform.machine()}, Python {sys.version.split()[0]}",
            "size": asdict(size),
            "rows": [asdict(row) for row in rows],
        }
        options.json.write_text(json.dumps(told, indent=2))
    return rows


def say(row: Row) -> None:
    """Prints a row, what is behind it, and its stages."""
    budget = "" if row.at_most is None else f"  (at most {row.at_most})"
    cpu = "" if row.cpu_ratio is None else f", {row.cpu_ratio:.2f} x in CPU"
    sys.stdout.write(f"{row.work}: {row.ratio:.2f} x{cpu}{budget}\n")
    *_, against = row.measured.values()
    for name, measured in row.measured.items():
        sys.stdout.write(
            f"    {name:10}{measured.work:9.2f} s wall{measured.cpu:9.2f} s CPU"
            f"{measured.peak_bytes / 2**30:7.2f} GB\n"
        )
        for stage, seconds in measured.stages.items():
            ratio = f"{seconds / against.cpu:9.2f} x" if measured is not against else ""
            sys.stdout.write(f"        {stage:24}{seconds:9.2f} s CPU{ratio}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
