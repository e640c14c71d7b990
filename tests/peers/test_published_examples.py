"""The field's published worked examples come out of the product's own SQL.

One table a family, a row an example with its public source. All examples that need an organization
are billed together, once, in memory; the others ask the macros.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.in_memory import billing
from tests.in_memory.project import project

HERE = Path(__file__).parent
MONTH = date(2026, 3, 1)
_CALL = (
    "SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds)\n"
    "sip-1,+13175550100,{number},Domestic,Outbound,{start},{seconds}\n"
)
_RATES = "rate_sheet,direction,service,prefix,country,rate_per_minute,effective_from\n{rows}"

Row = dict[str, str]


def _table(name: str) -> list[Row]:
    with (HERE / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _examples(name: str) -> pytest.MarkDecorator:
    """One test a row, found again in the output by its place and its inputs."""
    rows = list(enumerate(_table(name)))
    return pytest.mark.parametrize(
        ("org", "row"),
        [(f"{name.replace('_', '-')}-{number}", row) for number, row in rows],
        ids=[" ".join(list(row.values())[:3]) for _, row in rows],
    )


CHARGES: list[dict[str, Any]] = yaml.safe_load((HERE / "charges.yml").read_text())


class _Examples:
    """A data directory with one organization an example."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.rates: list[str] = []

    def contract(self, org: str, terms: Mapping[str, Any], start: str = "2026-01-01") -> None:
        own = {"effective_date": start, **terms.get("contract", {})}
        tree = {"org": org, "name": org, "country": "US", "currency": "USD", **terms}
        path = self.data / "contracts" / f"{org}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump({**tree, "contract": own}))

    def land(self, org: str, report: str, text: str) -> None:
        path = self.data / "landing" / org / report / "a.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def call(self, org: str, number: str, seconds: str = "60", start: str = "2026-03-02") -> None:
        self.land(
            org,
            "voice_usage",
            _CALL.format(number=number, seconds=seconds, start=f"{start}T09:00:00Z"),
        )

    def sheet(self, org: str, rows: Mapping[tuple[str, str], str]) -> dict[str, Any]:
        """Voice terms that rate from a sheet of its own: (prefix, first day) → rate."""
        self.rates += [
            f"{org},outbound,outbound,{prefix},,{rate},{day}\n"
            for (prefix, day), rate in rows.items()
        ]
        return {"rating": "rate_sheet", "rate_sheet": org}


@pytest.fixture(scope="module")
def billed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """All examples that need an organization, billed."""
    examples = _Examples(tmp_path_factory.mktemp("peers"))
    monthly = {"contract": {"subscription": "monthly", "licence_model": "named"}}
    for number, row in enumerate(_table("months")):
        examples.contract(f"months-{number}", monthly, start=row["anchor"])
    for number, row in enumerate(_table("increments")):
        org = f"increments-{number}"
        voice = examples.sheet(org, {("", "2020-01-01"): row["rate"]})
        voice["increment_seconds"] = row["increment"]
        examples.contract(org, {**monthly, "voice": voice})
        examples.call(org, "+12125550199", row["seconds"])
    for number, row in enumerate(_table("prefixes")):
        org = f"prefixes-{number}"
        pairs = (pair.split("=") for pair in row["sheet"].split())
        voice = examples.sheet(org, {(prefix, "2020-01-01"): rate for prefix, rate in pairs})
        examples.contract(org, {**monthly, "voice": voice})
        examples.call(org, row["number"])
    for number, row in enumerate(_table("dated_rates")):
        org = f"dated-rates-{number}"
        pairs = (pair.split("=") for pair in row["sheet"].split())
        voice = examples.sheet(org, {("", day): rate for day, rate in pairs})
        examples.contract(org, {**monthly, "voice": voice}, start="1990-01-01")
        examples.call(org, "+12125550199", start=row["date"])
    for number, row in enumerate(_table("countries")):
        org = f"countries-{number}"
        voice = examples.sheet(org, {("", "2020-01-01"): "1"})
        examples.contract(org, {**monthly, "country": row["own_country"], "voice": voice})
        examples.call(org, row["number"])
    for number, row in enumerate(_table("peaks")):
        peak = {"minutes": row["peak_minutes"], "mode": row["mode"]}
        own = {"subscription": "monthly", "licence_model": "concurrent", "peak": peak}
        licences = [{"licence": "cx1", "on_demand_rate": 1}]
        examples.contract(f"peaks-{number}", {"contract": own, "licences": licences})
        examples.land(f"peaks-{number}", "login_sessions", _sessions(row["sessions"]))
    for number, example in enumerate(CHARGES):
        examples.contract(f"charges-{number}", example["contract"])
        for report, rows in example["reports"].items():
            examples.land(f"charges-{number}", report, _csv(rows))
    path = examples.data / "reference" / "voice_rates.csv"
    path.parent.mkdir()
    path.write_text(_RATES.format(rows="".join(examples.rates)))
    con = billing.load(examples.data)
    billing.bill(con, [MONTH])
    yield con
    con.close()


def _sessions(spec: str) -> str:
    """`2*30-150`: two users, logged in from minute 30 to minute 150."""
    start, rows, users = datetime(2026, 3, 2, 9), ["User,Login At,Logout At\n"], 0
    for part in spec.split():
        count, _, span = part.partition("*")
        login, logout = (start + timedelta(minutes=int(minute)) for minute in span.split("-"))
        for _ in range(int(count)):
            users += 1
            rows.append(f"u{users}@x.example,{login},{logout}\n")
    return "".join(rows)


def _csv(rows: list[dict[str, Any]]) -> str:
    header = [column for column in rows[0] if column != "count"]
    lines = [",".join(header)]
    for row in rows:
        for n in range(1, row.get("count", 1) + 1):
            lines.append(",".join(str(row[column]).replace("{n}", str(n)) for column in header))
    return "\n".join(lines) + "\n"


def _one(con: duckdb.DuckDBPyConnection, sql: str, *parameters: Any) -> tuple[Any, ...]:
    (row,) = con.execute(sql, list(parameters)).fetchall()
    return tuple(row)


def test_every_example_names_its_source_and_none_is_there_twice() -> None:
    for name in ("rounding", "months", "midnights", "increments", "prefixes", "countries", "peaks"):
        rows = _table(name)
        assert all(len(row["source"]) > 10 for row in rows), name
        assert len({tuple(row.values()) for row in rows}) == len(rows), name
    assert all(len(example["source"]) > 10 for example in CHARGES)


@_examples("rounding")
def test_money_is_rounded_half_away_from_zero(org: str, row: Row) -> None:
    """INV-2 and the conventions: the one rounding of money."""
    sql = project().sql(
        "select {{ round_money(\"'" + row["amount"] + "'::decimal(18, 6)\", "
        + row["minor_units"] + ") }}"
    )  # fmt: skip
    assert duckdb.sql(sql).fetchall() == [(Decimal(row["rounded"]),)], org


@_examples("months")
def test_months_are_added_to_the_anchor_and_clamped(
    billed: duckdb.DuckDBPyConnection, org: str, row: Row
) -> None:
    """PER-1: and the period before ends on the day before (PER-3)."""
    found = _one(
        billed,
        "select period_start, lag(period_end) over (order by period_start) "
        "from marts.billing_periods where org = ? "
        "qualify row_number() over (order by period_start) = ?",
        org,
        int(row["months"]) + 1,
    )
    starts = date.fromisoformat(row["date"])
    assert found == (starts, starts - timedelta(days=1)), row["source"]


@_examples("midnights")
def test_a_local_day_begins_where_the_clocks_say(org: str, row: Row) -> None:
    """PER-2: a midnight that is skipped begins at the jump; days have 23, 24 or 25 hours."""
    template = "select {{ local_midnight_utc('day', 'zone') }}"
    sql = project().sql(template) + " from (select ?::date as day, ? as zone)"
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        day = date.fromisoformat(row["local_date"])
        begins, ends = (
            _one(con, sql, day + timedelta(days=more), row["time_zone"])[0] for more in (0, 1)
        )
    assert begins == datetime.fromisoformat(row["instant"]), org
    assert ends - begins == timedelta(hours=int(row["hours"])), row["source"]


@_examples("increments")
def test_a_call_is_rounded_up_to_the_increment_and_rated(
    billed: duckdb.DuckDBPyConnection, org: str, row: Row
) -> None:
    """VOX-1 and VOX-2."""
    found = _one(
        billed, "select adjusted_seconds, rated_cost from marts.rated_calls where org = ?", org
    )
    assert found == (int(row["adjusted_seconds"]), Decimal(row["cost"])), row["source"]


@_examples("prefixes")
def test_the_longest_prefix_of_a_sheet_decides(
    billed: duckdb.DuckDBPyConnection, org: str, row: Row
) -> None:
    """VOX-4: and a number that no prefix fits has no rate, and holds."""
    _rate_of_the_only_call(billed, org, row)
    statuses = _one(billed, "select hold_reasons from marts.invoices where org = ?", org)
    assert ("unrated_calls" in statuses[0]) is (not row["rate"])


@_examples("dated_rates")
def test_the_row_of_the_calls_day_decides(
    billed: duckdb.DuckDBPyConnection, org: str, row: Row
) -> None:
    """VOX-4: `effective_from` is the first day of a rate."""
    _rate_of_the_only_call(billed, org, row)


def _rate_of_the_only_call(con: duckdb.DuckDBPyConnection, org: str, row: Row) -> None:
    (found,) = _one(con, "select rate_per_minute from marts.rated_calls where org = ?", org)
    assert found == (Decimal(row["rate"]) if row["rate"] else None), row["source"]


@_examples("countries")
def test_a_number_names_its_country_and_market(
    billed: duckdb.DuckDBPyConnection, org: str, row: Row
) -> None:
    """VOX-6."""
    found = _one(billed, "select country, market from marts.rated_calls where org = ?", org)
    assert found == (row["country"] or None, row["market"]), row["source"]


@_examples("peaks")
def test_the_peak_is_what_lasts_long_enough(
    billed: duckdb.DuckDBPyConnection, org: str, row: Row
) -> None:
    """LIC-7, over the sweep of LIC-8."""
    found = billed.execute(
        "select quantity from marts.invoice_lines where org = ? "
        "and charge_code = 'licence.cx1.on_demand'",
        [org],
    ).fetchall()
    assert [int(quantity) for (quantity,) in found] == [int(row["peak"])] * (row["peak"] != "0"), (
        row["source"]
    )


@pytest.mark.parametrize(
    ("org", "example"),
    [(f"charges-{number}", example) for number, example in enumerate(CHARGES)],
    ids=[example["name"] for example in CHARGES],
)
def test_a_worked_example_is_charged_as_published(
    billed: duckdb.DuckDBPyConnection, org: str, example: dict[str, Any]
) -> None:
    """CON-1, CON-2, CON-4, CON-5, CON-6, RES-3, RES-4, LIC-7, LIC-11, APP-1."""
    found = billed.execute(
        "select charge_code, quantity, amount from marts.invoice_lines where org = ?", [org]
    ).fetchall()
    lines = {code: [quantity, amount] for code, quantity, amount in found}
    expected = {
        code: [Decimal(str(quantity)), Decimal(str(amount))]
        for code, (quantity, amount) in example["lines"].items()
    }
    assert lines == expected, example["source"]
