"""The reference biller reproduces the worked-out scenario organizations."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from tests.reference.biller import Biller
from tests.reference.reports import read_usage

SCENARIOS = Path(__file__).parents[1] / "scenarios"
CASES = [
    (path.stem, month)
    for path in sorted((SCENARIOS / "months").glob("*.txt"))
    for month in path.read_text().split()
]


def _number(text: str) -> Fraction | None:
    return Fraction(text) if text else None


@pytest.mark.parametrize(("org", "month"), CASES)
def test_the_reference_reproduces_a_scenario_month(org: str, month: str) -> None:
    contract = yaml.load(
        (SCENARIOS / "contracts" / f"{org}.yml").read_text(),
        Loader=yaml.BaseLoader,  # noqa: S506 - reads scalars as text, makes no objects
    )
    with (SCENARIOS / "reference" / "voice_rates.csv").open() as file:
        rates = list(csv.DictReader(file))
    usage = read_usage(SCENARIOS / "landing" / org, in_name_order=True)
    biller = Biller(contract, usage, rates)
    invoices = biller.bill(date.fromisoformat(f"{month}-01"))

    got = sorted(
        (
            i.kind,
            x.section,
            x.code,
            x.quantity,
            x.rate,
            x.amount,
            str(x.service_start),
            str(x.service_end),
        )
        for i in invoices
        for x in i.lines
    )
    with (SCENARIOS / "expected" / org / f"{month}.lines.csv").open() as file:
        want = sorted(
            (
                r["invoice_kind"],
                r["section"],
                r["charge_code"],
                _number(r["quantity"]),
                _number(r["rate"]),
                _number(r["amount"]),
                r["service_start"],
                r["service_end"],
            )
            for r in csv.DictReader(file)
        )
    assert got == want

    statuses = {
        (i.kind, i.status, "|".join(sorted(i.holds))) for i in invoices if i.kind == "period"
    }
    with (SCENARIOS / "expected" / org / f"{month}.invoices.csv").open() as file:
        assert statuses == {tuple(r.values()) for r in csv.DictReader(file)}
