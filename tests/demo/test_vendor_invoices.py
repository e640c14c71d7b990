"""The demo's vendor: what its invoices hold, and that a run finds each of their errors."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from dagster_project import console
from dagster_project.demo import DemoSummary, make_demo
from dagster_project.demo.organizations import ORGANIZATIONS
from dagster_project.progress import SilentProgress
from dagster_project.runner import run_months
from dagster_project.settings import Settings
from dagster_project.vendor import import_pdf
from dagster_project.warehouse import published

_CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vendor") / "data"


@pytest.fixture(scope="module")
def summary(data: Path) -> DemoSummary:
    return make_demo(data, 2_000, months=1)


def _rows(summary: DemoSummary, data: Path) -> Iterator[tuple[str, dict[str, str]]]:
    for file in summary.files:
        if file.report == "vendor_invoice":
            with (data / file.path).open(newline="") as lines:
                for row in csv.DictReader(lines):
                    yield file.org, row


def test_every_organization_has_one_and_an_amount_is_quantity_times_rate(
    summary: DemoSummary, data: Path
) -> None:
    seen = Counter(org for org, _ in _rows(summary, data))
    assert set(seen) == {organization.slug for organization in ORGANIZATIONS}
    assert min(seen.values()) > 5
    for _, row in _rows(summary, data):
        if row["Rate"]:
            exact = Decimal(row["Quantity"]) * Decimal(row["Rate"])
            places = Decimal(1) if row["Currency"] == "JPY" else _CENT
            assert Decimal(row["Amount"]) == exact.quantize(places, ROUND_HALF_UP), row


def test_the_errors_are_those_that_finance_people_know_and_one_vendor_makes_none(
    summary: DemoSummary,
) -> None:
    causes = {(error.org, error.cause) for error in summary.vendor_errors}
    assert causes == {
        ("harrow-finch", "duplicate_calls"),
        ("harrow-finch", "allowance_base"),
        ("severnmere-water", "price"),
        ("severnmere-water", "missing_line"),
    }
    assert all(error.amount > 0 for error in summary.vendor_errors)


def test_the_pdf_is_read_as_the_invoice_that_is_landed(summary: DemoSummary, data: Path) -> None:
    (pdf,) = (data / "vendor_pdf").rglob("*.pdf")
    target, _ = import_pdf(Settings.load(data), pdf, pdf.parent.name)
    assert target.relative_to(data).as_posix() in {file.path for file in summary.files}


@pytest.mark.slow
def test_a_run_finds_each_error_with_its_money_and_no_other(
    summary: DemoSummary, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.load(data)
    run_months(settings, [summary.last_month], [], summary.as_of, SilentProgress())
    with published(settings) as con:
        found = con.execute(
            """
            select org, coalesce(vendor_description, expected_description), amount_variance
            from marts.reconciliation
            where status not in ('matched', 'not_comparable') and charge_key not like 'tax.%'
            """
        ).fetchall()
        counted = con.execute(
            "select short_calls_counted, status from marts.reconciliation "
            "where short_calls_counted is not null"
        ).fetchall()
        within = con.execute("select org, is_within from marts.vendor_calling_services").fetchall()
        console.reconciliation(con, summary.last_month, [])
        printed = capsys.readouterr().out
        console.status(con, [])
    status = capsys.readouterr().out
    # usage is through a day of the past, though bills serve terms that end next year
    days = re.findall(r"\d{4}-\d{2}-\d{2}", status)
    assert date.fromisoformat(max(days)) <= summary.as_of
    # names stay whole on a terminal of the usual width
    assert [org for org, *_ in found if f" {org} " not in status] == []
    # an organization's last sentence adds up: what is not disputed is within the tolerance
    assert printed.count("ours is held, settle that first") == 1
    sentences = re.findall(
        r"difference (.+) ...: (?:pay|ours is held, .+ first|dispute (.+?) ...)"
        r"(?: \((.+) within tolerance\))?\n",
        printed,
    )
    assert len(sentences) == len(ORGANIZATIONS)
    for difference, *parts in sentences:
        assert sum(Decimal(part) for part in parts if part) == Decimal(difference)
    assert {(org, name): variance.quantize(_CENT) for org, name, variance in found} == {
        (error.org, error.description): error.amount.quantize(_CENT)
        for error in summary.vendor_errors
    }
    # the vendor's recipe takes one off, which is no error
    assert set(counted) <= {("n_minus_1", "matched")}
    assert dict(within) == {
        organization.slug: organization.slug not in {"harrow-finch", "hoshimori-travel"}
        for organization in ORGANIZATIONS
    }
