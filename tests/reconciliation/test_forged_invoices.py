"""Vendor invoices forged from our own: every mistake is named, with its exact money and no rest.

One run bills three organizations, and doubles of one, over months. Then each forgery takes a
month's invoice as the vendor's, and the models of the comparison and its causes are computed on the
run's working file.
"""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from dagster_project import dbt_project
from dagster_project.settings import DBT_DIR, TARGET_DIR
from dagster_project.warehouse import work
from tests.reconciliation import cases, organizations
from tests.reconciliation.forgeries import Case, Forgery, Named

if TYPE_CHECKING:
    from conftest import DataFolder

pytestmark = pytest.mark.slow

_MONTHS = {
    "vale": ("2026-03", "2026-04", "2026-05", "2026-06", "2026-07"),
    "rhein": ("2026-03", "2026-04", "2026-05", "2026-06"),
    "kumo": ("2026-04", "2026-05", "2026-06", "2026-07"),
}
# an organization's or a double's month, in which one forgery at a time can be tried
_PLACES = [
    (place, org, month)
    for org, months in _MONTHS.items()
    for place in (org, *(d for d, original in organizations.DOUBLES.items() if original == org))
    for month in months
]
_FORGERIES: dict[tuple[str, str], Forgery] = {
    (org, name): forgery
    for source in (cases.ALONE, cases.SAME_ROW, cases.TOGETHER)
    for org, forgeries in source.items()
    for name, forgery in forgeries.items()
}
_NAMES = [pytest.param(*key, id=f"{key[0]}: {key[1]}") for key in _FORGERIES]

Found = tuple[Named, Named, dict[str, Decimal]]  # wanted, named, variances; by charge key


@pytest.fixture(scope="module")
def book(new_data_folder: Callable[[str], DataFolder]) -> DataFolder:
    """The three organizations, billed."""
    data = new_data_folder("forged")
    organizations.write(data)
    outcome = data.run_several(organizations.MONTHS, as_of="2026-07-19")
    assert not outcome.contract_errors
    return data


@pytest.fixture(scope="module")
def found(book: DataFolder) -> dict[tuple[str, str], Found]:
    """What became of every forgery."""
    with _bench(book) as bench:
        return bench.try_all(_FORGERIES)


class _Bench:
    """The models of the comparison on a working file, with vendor invoices put in by hand."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        compiled = TARGET_DIR / "compiled/cxledger"
        self.models = {
            node["name"]: (compiled / node["original_file_path"]).read_text()
            for node in dbt_project.ordered_nodes()
            if node["name"].startswith(("int_vendor__", "int_causes__"))
        }
        self._read: dict[tuple[str, str], Case] = {}
        self._next_line = 2  # a line of a file is one line, whatever invoice it is of
        con.execute(
            "insert into ops.files by name select * replace ('vendor' as file_id, "
            "'vendor_invoice' as report) from ops.files limit 1"
        )

    def case(self, org: str, month: str) -> Case:
        """A fresh copy of a month's invoice."""
        if (org, month) not in self._read:
            self._read[org, month] = cases.read(self.con, org, date.fromisoformat(f"{month}-01"))
        case = copy.copy(self._read[org, month])
        case.lines = [copy.copy(line) for line in case.lines]
        return case

    def try_all(self, forgeries: Mapping[tuple[str, str], Forgery]) -> dict[tuple[str, str], Found]:
        """Forges as many invoices at once as there are places, until all are tried."""
        waiting = {org: [key for key in forgeries if key[0] == org] for org in _MONTHS}
        found: dict[tuple[str, str], Found] = {}
        while any(waiting.values()):
            self.con.execute("delete from genesys.vendor_invoice")
            wanted: dict[tuple[str, str], tuple[str, str, Named]] = {}
            for place, org, month in _PLACES:
                if not waiting[org]:
                    continue
                key = waiting[org].pop(0)
                case, ours = self.case(place, month), self.case(place, month).lines
                named = forgeries[key](case)
                # two mistakes that cancel out on a line leave nothing to explain there
                same = {line.charge_code for line in case.lines if line in ours}
                wanted[key] = place, month, {k: v for k, v in named.items() if k not in same}
                self._bill(case, month)
            self._compute()
            for key, (place, month, named) in wanted.items():
                found[key] = self._look(place, f"{month}-01", named)
        return found

    def _bill(self, case: Case, month: str) -> None:
        self.con.executemany(
            f"insert into genesys.vendor_invoice values (?, 'vendor', {', '.join('?' * 11)})",
            [
                (
                    case.org, number, f"V-{case.org}-{month}", case.next_period_start,
                    line.service_start, line.service_end, line.description, line.quantity,
                    line.rate, line.amount, line.currency, line.section,
                )
                for number, line in enumerate(case.lines, start=self._next_line)
            ],
        )  # fmt: skip
        self._next_line += len(case.lines)

    def _compute(self) -> None:
        for name, sql in self.models.items():
            self.con.execute(f"create or replace table intermediate.{name} as\n{sql}")

    def _look(self, org: str, month: str, named: Named) -> Found:
        key_of = dict(
            self.con.execute(
                "select charge_code, charge_key from intermediate.int_vendor__line_keys "
                "where org = ? and invoice_month = ?",
                [org, month],
            ).fetchall()
        )
        wanted: Named = {}
        for code, causes in named.items():
            row = wanted.setdefault(key_of.get(code, code), {})
            for cause, money in causes.items():
                row[cause] = row.get(cause, Decimal(0)) + money
        got: Named = {}
        for key, cause, money in self.con.execute(
            "select charge_key, cause, amount from intermediate.int_causes__chosen "
            "where org = ? and invoice_month = ?",
            [org, month],
        ).fetchall():
            got.setdefault(_known(key), {})[cause] = money
        variances = {
            _known(key): variance
            for key, variance in self.con.execute(
                "select charge_key, amount_variance from intermediate.int_vendor__compared "
                "where org = ? and invoice_month = ? and amount_variance <> 0",
                [org, month],
            ).fetchall()
        }
        return {key: row for key, row in wanted.items() if row}, got, variances


def _known(charge_key: str) -> str:
    return "unmapped" if charge_key.startswith("unmapped.") else charge_key


@contextmanager
def _bench(book: DataFolder) -> Iterator[_Bench]:
    """A bench on the working file; what is done there is rolled back."""
    with work(book.settings) as con:
        con.begin()
        try:
            yield _Bench(con)
        finally:
            con.rollback()


@pytest.mark.parametrize(("org", "name"), _NAMES)
def test_every_forgery_is_named_with_its_money(
    org: str, name: str, found: dict[tuple[str, str], Found]
) -> None:
    wanted, named, variances = found[org, name]
    assert wanted, "the forgery forges nothing"
    assert named == wanted
    assert {key: sum(row.values()) for key, row in named.items() if sum(row.values())} == variances


def test_an_honest_invoice_needs_no_cause(book: DataFolder) -> None:
    with _bench(book) as bench:
        honest = bench.try_all({(org, "honest"): lambda case: {} for org in _MONTHS})
    assert all(named == variances == {} for _, named, variances in honest.values())


def test_a_landed_invoice_is_explained_in_the_marts(book: DataFolder) -> None:
    """The whole way: a CSV in landing/, a run, the public tables and the proof of their sums."""
    forgeries = {
        "vale": cases.TOGETHER["vale"]["duplicate_calls: a day, and others"],
        "rhein": cases.ALONE["rhein"]["allowance_base: actual"],
    }
    wanted = {}
    for org, forgery in forgeries.items():
        with _bench(book) as bench:
            case = bench.case(org, "2026-05")
        wanted[org] = forgery(case)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(
            ["Invoice Number", "Invoice Date", "Description", "Service Period Start",
             "Service Period End", "Quantity", "Rate", "Amount", "Currency", "Section"]
        )  # fmt: skip
        for line in case.lines:
            _, description, start, end, *figures = astuple(line)
            writer.writerow([f"V-{org}", case.next_period_start, description, start, end, *figures])
        book.land(org, "vendor_invoice", "2026-05.csv", text.getvalue())
    book.run("2026-05", as_of="2026-07-19")
    for org, named in wanted.items():
        got: Named = {}
        for key, cause, money in book.query(
            "select charge_key, cause, amount from marts.reconciliation_causes where org = ?", org
        ):
            got.setdefault(key, {})[cause] = money
        assert got == named
    assert not book.query(
        """
        select charge_key
        from marts.reconciliation as rows
        left join marts.reconciliation_causes as causes
            using (org, invoice_month, period_start, service_start, charge_key)
        group by all
        having coalesce(sum(causes.amount), 0) <> max(rows.amount_variance)
        """
    )


def test_the_catalogue_of_causes_is_the_models(book: DataFolder) -> None:
    """A cause that no model can name would be a promise that is not kept."""
    texts = (
        "".join(path.read_text() for path in (DBT_DIR / "models/intermediate/causes").glob("*.sql"))
        + (DBT_DIR / "macros/call_readings.sql").read_text()
    )
    with work(book.settings) as con:
        causes = con.execute("select cause from catalogue.variance_causes").fetchall()
    assert not [cause for (cause,) in causes if f"'{cause}'" not in texts]
