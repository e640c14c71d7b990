"""Damage of every sort in one big voice file: what is broken is rejected, the rest is billed."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from dagster_project.landing import discover, load_report, refresh_calls_view
from dagster_project.settings import Settings

CALLS = 60_000  # more than one block of lines
HEADER = (
    "SIP Call Id,Origin,Destination,Usage Group,Usage Group Display,Call Type,Direction,Start time,"
    "End Time,Duration (Seconds),Adjusted Duration (seconds),Adjusted Duration (minutes),"
    "Usage Rate Per Minute,Total cost,Currency,Rate Sheet"
)


def call(number: int) -> str:
    return (
        f'sip-{number:032x},+13175550100,+1212555{number % 10000:04},UG1,"Sales, East",Domestic,'
        f"Outbound,2026-03-{number % 31 + 1:02}T10:00:00Z,2026-03-{number % 31 + 1:02}T10:00:34Z,"
        "34,36,0.6,0.0119,0.0071,USD,us-2026"
    )


def opened(line: str) -> str:
    """A stray quote at the start of a cell: unterminated."""
    return line.replace(",UG1", ',"UG1', 1)


DAMAGE = {
    "unterminated quote": opened,
    "quote inside a cell": lambda line: line.replace("+13175550100", '+1317"5550100', 1),
    "quote at the end": lambda line: line + '"',
    "first quote": lambda line: '"' + line,
    "too short": lambda line: line.rsplit(",", 3)[0],
    "too long": lambda line: line + ",,",
    "not UTF-8": lambda line: line.replace("UG1", "\udcff", 1),
    "NUL byte": lambda line: line.replace("UG1", "U\0G", 1),
    "number": lambda line: line.replace(",34,", ",thirty,", 1),
    "direction": lambda line: line.replace("Outbound", "Up", 1),
}


@pytest.fixture(scope="module", params=[1, 2, 3])
def damaged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """The warehouse of a file with 400 broken lines, and which lines those are."""
    draw = random.Random(request.param)  # noqa: S311
    lines = [call(number) for number in range(CALLS)]
    broken = draw.sample(range(CALLS), 400)
    if request.param == 3:
        broken = list(range(1000, 1400))  # all next to each other
    for place in broken:
        lines[place] = DAMAGE[draw.choice(sorted(DAMAGE))](lines[place])
    settings = Settings.load(tmp_path_factory.mktemp("data"))
    folder = settings.landing / "acme" / "voice_usage"
    folder.mkdir(parents=True)
    text = "\n".join([HEADER, *lines]) + "\n"
    (folder / "damaged.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    con = duckdb.connect()
    con.execute(Path("dagster_project/warehouse_schema.sql").read_text())
    load_report(settings, con, "voice_usage", discover(settings), {})
    refresh_calls_view(con)
    yield con, sorted(place + 2 for place in broken)
    con.close()


def test_every_damaged_line_is_rejected_and_no_other(damaged) -> None:  # type: ignore[no-untyped-def]
    con, broken = damaged
    rejected = con.sql("select line_number from ops.rejected_rows order by 1").fetchall()
    assert [line for (line,) in rejected] == broken


def test_every_other_call_is_loaded_as_it_was_written(damaged) -> None:  # type: ignore[no-untyped-def]
    con, broken = damaged
    loaded = con.sql(
        "select line_number, sip_call_id, usage_group_display from genesys.voice_usage order by 1"
    ).fetchall()
    kept = sorted(set(range(2, CALLS + 2)) - set(broken))
    assert loaded == [(line, f"sip-{line - 2:032x}", "Sales, East") for line in kept]


def test_lines_rows_and_money_are_conserved(damaged) -> None:  # type: ignore[no-untyped-def]
    con, _ = damaged
    assert con.sql(
        "select lines - header_lines - blank_lines - record_lines, "
        "rows_read - rows_loaded - rows_rejected - rows_duplicate, "
        "cost_read - cost_loaded - cost_rejected - cost_duplicate, lines from ops.files"
    ).fetchall() == [(0, 0, 0, CALLS + 1)]
    assert con.sql(
        "select cost_loaded = (select sum(cdr_cost) from genesys.voice_usage) from ops.files"
    ).fetchall() == [(True,)]
