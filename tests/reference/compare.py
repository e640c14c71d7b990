"""Bill random organizations with the product and with the reference, and show where they differ.

    python tests/reference/compare.py --orgs 60 --seed 1 --data DIR [--cxledger CMD] [--only N]
        [--as-of DATE] [--in-memory]

Generates the organizations into DIR (which is emptied first), runs the product once per month for
all of them, and compares every line, status and hold of both. `--again` compares without a run.
`--in-memory` asks the product's readers and SQL without a run around them: many more organizations
in the same time.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import yaml

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.in_memory import billing
from tests.reference import generator
from tests.reference.biller import Biller, Invoice
from tests.reference.contract import Contract
from tests.reference.reports import read_usage
from tests.reference.resources import half_away

Facts = Counter[tuple[Any, ...]]

LINES = """
    select i.invoice_kind, i.invoice_date, l.section, l.charge_code, l.quantity, l.rate, l.amount,
        l.service_start, l.service_end
    from marts.invoice_lines as l
    inner join marts.invoices as i on l.invoice_id = i.invoice_id
    where i.org = ? and i.invoice_month = ?
"""
INVOICES = """
    select invoice_kind, invoice_date, due_date, currency, status, hold_reasons, total
    from marts.invoices
    where org = ? and invoice_month = ?
"""


def say(text: str) -> None:
    """Print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def shown(value: Any) -> str:
    """Write a figure in one way."""
    if value is None or isinstance(value, str):
        return value or "-"
    if isinstance(value, date):
        return str(value)
    return generator.text(Fraction(value))


def expected(invoices: list[Invoice]) -> tuple[Facts, Facts]:
    """Flatten the reference's invoices."""
    lines: Facts = Counter()
    heads: Facts = Counter()
    for i in invoices:
        amounts = [x.amount for x in i.lines if x.amount is not None]
        # INV-7 makes a total null whose lines are all without an amount; of no line at all it is 0
        total = sum(amounts, Fraction(0)) if amounts or not i.lines else None
        holds = "|".join(sorted(i.holds))
        heads[
            (
                i.kind,
                str(i.invoice_date),
                str(i.due_date),
                i.currency,
                i.status,
                holds,
                shown(total),
            )
        ] += 1
        for x in i.lines:
            figures = (shown(half_away(x.quantity, 6)), shown(x.rate), shown(x.amount))
            days = (str(x.service_start), str(x.service_end))
            lines[(i.kind, str(i.invoice_date), x.section, x.code, *figures, *days)] += 1
    return lines, heads


def found(con: Any, org: str, month: date) -> tuple[Facts, Facts]:
    """Read the product's invoices."""
    lines: Facts = Counter(
        tuple(shown(v) for v in row) for row in con.execute(LINES, [org, month]).fetchall()
    )
    heads: Facts = Counter()
    for *head, reasons, total in con.execute(INVOICES, [org, month]).fetchall():
        parts = (
            reasons
            if isinstance(reasons, list)
            else str(reasons or "").replace("|", ",").split(",")
        )
        holds = "|".join(sorted(p.strip() for p in parts if p.strip()))
        heads[(*(shown(v) for v in head), holds, shown(total))] += 1
    return lines, heads


def key_facts(contract: Contract, month: date) -> str:
    """Say what a person needs to judge a difference."""
    period = contract.period_of_month(month)
    own = contract.base["contract"]
    head = (
        f"{own['subscription']} {own['licence_model']} ramp {own.get('ramp_months', 0)}"
        f" ({own.get('ramp_policy')}) term {own.get('term_months', 12)}"
        f" from {own['effective_date']} to {own.get('terminated_on')}"
        f" {contract.base.get('time_zone')} {contract.base['currency']}"
        f" {contract.base.get('channel')} trial {contract.base.get('trial')}"
        f" amended {[a['effective_from'] for a in contract.amendments]}"
    )
    if period is None:
        return f"{head} · no period"
    now = period.terms["contract"]
    return (
        f"{head}\n       period {period.index} {period.start}–{period.last_day} {period.phase}:"
        f" {now['subscription']} {now['licence_model']} {now.get('peak')}"
    )


def run(command: str, data: Path, month: date, orgs: list[str], as_of: str | None) -> None:
    """Run the product for a month; say what it refuses, for a person to judge."""
    chosen = [x for org in orgs for x in ("--org", org)]
    arguments = ["run", "--month", f"{month:%Y-%m}", "--data", str(data), *chosen]
    arguments += ["--as-of", as_of] if as_of else []
    done = subprocess.run(
        [*shlex.split(command), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 3):
        start = max(0, done.stderr.find("contract error"))
        say(f"run of {month} ended with {done.returncode}:\n{done.stderr[start:][-6000:]}")


def read_biller(data: Path, org: str, rates: list[dict[str, str]]) -> Biller:
    """Read what the reference bills an organization from."""
    text = (data / "contracts" / f"{org}.yml").read_text()
    tree = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - scalars as text, no objects
    return Biller(tree, read_usage(data / "landing" / org), rates)


def differences(con: Any, biller: Biller, org: str, months: Sequence[date]) -> list[str]:
    """Say where product and reference differ: a line of context a month, then what differs."""
    said: list[str] = []
    for month in months:
        want, got = expected(biller.bill(month)), found(con, org, month)
        texts = [
            f"{word:9}" + " ".join(row)
            for label, one, two in (("line", want[0], got[0]), ("invoice", want[1], got[1]))
            for word, rows in (
                (f"{label[:4]} ref", one - two),
                (f"{label[:4]} got", two - one),
            )
            for row in rows.elements()
        ]
        if texts:
            said.append(f"   {month:%Y-%m} {key_facts(biller.contract, month)}")
            said += [f"     {text}" for text in sorted(texts, key=lambda t: t[9:])]
    return said


def billed_in_memory(data: Path, months: Sequence[date], as_of: date) -> Any:
    """Bill without a run around it; a contract that the product refuses fails here."""
    con = billing.load(data)
    billing.bill(con, months, as_of, ("invoice_lines", "invoices"))
    return con


def compare(con: Any, data: Path, orgs: list[str], months: Sequence[date]) -> tuple[int, int]:
    """Print every difference; return how many organizations agree and differ."""
    rates = generator.read_rates(data)
    agree = differ = 0
    statuses: Counter[str] = Counter()
    for org in orgs:
        biller = read_biller(data, org, rates)
        statuses.update(f"{i.kind} {i.status}" for m in months for i in biller.bill(m))
        said = differences(con, biller, org, months)
        if said:
            differ += 1
            say("\n".join([f"DIFFER {org}", *said]))
        else:
            agree += 1
    say("invoices of the reference: " + ", ".join(f"{n} {s}" for s, n in statuses.items()))
    return agree, differ


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orgs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", type=int, action="append")
    parser.add_argument("--cxledger", default="cxledger")
    parser.add_argument("--as-of", help="today, for open periods")
    parser.add_argument("--in-memory", action="store_true", help="without a run around the SQL")
    parser.add_argument("--again", action="store_true", help="compare without running")
    chosen = parser.parse_args()
    numbers = sorted(chosen.only or range(chosen.orgs))
    orgs = [generator.Maker(chosen.seed, n).org for n in numbers]
    if not chosen.again:
        for folder in ("contracts", "landing", "reference", "warehouse", "books", "invoices"):
            shutil.rmtree(chosen.data / folder, ignore_errors=True)
        generator.write(chosen.data, chosen.seed, chosen.orgs, set(numbers))
        for month in generator.MONTHS if not chosen.in_memory else ():
            run(chosen.cxledger, chosen.data, month, orgs, chosen.as_of)
    if chosen.in_memory:
        today = date.fromisoformat(chosen.as_of) if chosen.as_of else date(2026, 11, 22)
        con = billed_in_memory(chosen.data, generator.MONTHS, today)
    else:
        path = chosen.data / "warehouse" / "cxledger.duckdb"
        con = duckdb.connect(str(path), read_only=True)
    agree, differ = compare(con, chosen.data, orgs, generator.MONTHS)
    con.close()
    say(f"{agree} agree, {differ} differ")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
