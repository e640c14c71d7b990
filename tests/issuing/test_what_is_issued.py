"""What becomes an invoice, in which order, under which number; and what never does."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from dagster_project.errors import WarehouseError
from dagster_project.issuing import issue_drafts, read_issued
from dagster_project.warehouse import work

if TYPE_CHECKING:
    from tests.issuing.conftest import Drafts


def test_only_closed_unheld_drafts_of_what_was_asked_for_are_issued(drafts: Drafts) -> None:
    drafts.add("acme", "2026-03")
    drafts.add("acme", "2026-04", status="held")
    drafts.add("acme", "2026-05", status="usage_only")
    drafts.add("acme", "2026-06")
    drafts.add("acme", "2026-11", invoice_date="2026-11-23", estimate_through="2026-11-21")
    drafts.add("beta", "2026-03")
    drafts.ask("2026-03", "2026-04", "2026-05", "2026-11")
    assert drafts.issue() == ["acme-000001"]
    assert drafts.shown() == [
        ("acme-2026-03", "issued", "acme-000001"),
        ("acme-2026-04", "held", None),
        ("acme-2026-05", "usage_only", None),
        ("acme-2026-06", "draft", None),
        ("acme-2026-11", "draft", None),
        ("beta-2026-03", "draft", None),
    ]


def test_an_invoice_dated_today_is_issued_and_one_dated_tomorrow_is_not(drafts: Drafts) -> None:
    drafts.add("acme", "2026-11", kind="order", invoice_id="today", invoice_date="2026-11-22")
    drafts.add("acme", "2026-11", kind="order", invoice_id="tomorrow", invoice_date="2026-11-23")
    drafts.ask("2026-11")
    drafts.issue()
    assert drafts.shown() == [("today", "issued", "acme-000001"), ("tomorrow", "draft", None)]


def test_numbers_are_given_by_date_then_id_and_each_organization_has_its_own(
    drafts: Drafts,
) -> None:
    drafts.add("acme", "2026-03", invoice_id="b", invoice_date="2026-04-01")
    drafts.add("acme", "2026-03", invoice_id="c", invoice_date="2026-03-15", kind="order")
    drafts.add("acme", "2026-03", invoice_id="a", invoice_date="2026-04-01")
    drafts.add("beta", "2026-03", invoice_id="d", invoice_date="2026-03-20")
    drafts.ask("2026-03", orgs=("acme", "beta"))
    drafts.issue()
    assert {(name, number) for name, _, number in drafts.shown()} == {
        ("c", "acme-000001"),
        ("a", "acme-000002"),
        ("b", "acme-000003"),
        ("d", "beta-000001"),
    }


def test_a_later_issue_goes_on_where_the_book_ends_whatever_the_month(drafts: Drafts) -> None:
    drafts.add("acme", "2026-04")
    drafts.add("acme", "2026-03")
    drafts.ask("2026-04")
    assert drafts.issue() == ["acme-000001"]
    drafts.ask("2026-03")
    assert drafts.issue() == ["acme-000002"]
    assert [invoice.invoice_id for invoice in read_issued(drafts.settings)] == [
        "acme-2026-04",
        "acme-2026-03",
    ]


def test_a_repeat_issues_nothing_and_leaves_the_book_alone(drafts: Drafts) -> None:
    drafts.add("acme", "2026-03")
    drafts.ask("2026-03")
    drafts.issue()
    book = (drafts.settings.books / "invoices.jsonl").read_bytes()
    assert drafts.issue() == []
    assert (drafts.settings.books / "invoices.jsonl").read_bytes() == book


def test_a_correction_is_issued_with_its_organization_whatever_the_month_asked_for(
    drafts: Drafts,
) -> None:
    drafts.add("acme", "2026-03", kind="correction", invoice_id="acme-correction-1")
    drafts.add("beta", "2026-03", kind="correction", invoice_id="beta-correction-1")
    drafts.ask("2026-06")
    assert drafts.issue() == ["acme-000001"]


def test_a_run_that_only_drafts_issues_nothing(drafts: Drafts) -> None:
    drafts.add("acme", "2026-03")
    drafts.ask("2026-03")
    with work(drafts.settings) as con:
        con.execute("update ops.run set is_issuing = false")
    assert drafts.issue() == []
    assert not (drafts.settings.books / "invoices.jsonl").exists()


def test_a_run_that_another_has_overtaken_issues_nothing(drafts: Drafts) -> None:
    drafts.add("acme", "2026-03")
    drafts.ask("2026-03")
    with (
        work(drafts.settings) as con,
        pytest.raises(WarehouseError, match="another run has begun"),
    ):
        issue_drafts(drafts.settings, con, "an earlier run")
    assert not (drafts.settings.books / "invoices.jsonl").exists()


@pytest.mark.parametrize("name", ["contracts/acme.yml", "reference/voice_rates.csv"])
def test_an_input_edited_while_the_run_went_on_stops_the_issue(drafts: Drafts, name: str) -> None:
    drafts.add("acme", "2026-03")
    drafts.ask("2026-03")
    (drafts.settings.data / name).write_text("edited")
    with pytest.raises(WarehouseError, match=name):
        drafts.issue()
    (drafts.settings.data / name).unlink()
    with pytest.raises(WarehouseError, match=name):
        drafts.issue()
    assert not (drafts.settings.books / "invoices.jsonl").exists()


def test_the_book_has_the_invoice_its_lines_and_its_inputs_exactly(drafts: Drafts) -> None:
    drafts.add("acme", "2026-03", amounts=("9999999999999999.99", "-0.01", "0.00"))
    drafts.ask("2026-03")
    drafts.issue()
    (invoice,) = read_issued(drafts.settings)
    assert [line["amount"] for line in invoice.lines] == ["9999999999999999.99", "-0.01", "0.00"]
    assert invoice.lines[0]["quantity"] == "1.500000"
    assert invoice.lines[0]["rate"] is None
    assert invoice.invoice["total"] == "10.70"
    assert invoice.invoice["bill_to_address"] == ["1 Main St", "Köln"]
    contract = (drafts.settings.contracts / "acme.yml").read_bytes()
    assert invoice.inputs["contract"] == hashlib.sha256(contract).hexdigest()
    kept = drafts.settings.books / "inputs"
    assert (kept / invoice.inputs["contract"]).read_bytes() == contract
    assert set(invoice.inputs["reference"]) == {"voice_rates.csv"}
    assert {path.name for path in kept.iterdir()} == {
        invoice.inputs["contract"],
        *invoice.inputs["reference"].values(),
    }
    with work(drafts.settings) as con:
        assert (
            con.execute("from ops.issued_lines except all from marts.invoice_lines").fetchall()
            == con.execute("from marts.invoice_lines except all from ops.issued_lines").fetchall()
        )
        (name,) = con.execute("select organization_name from ops.issued_invoices").fetchall()
    assert name == ("acme “Ltd”\n",)


def test_what_the_working_file_does_not_know_of_the_book_is_new_to_it(drafts: Drafts) -> None:
    drafts.add("acme", "2026-03")
    drafts.ask("2026-03")
    drafts.issue()
    state = "select invoice_id, is_new, settled_by from ops.issued_invoices"
    with work(drafts.settings) as con:
        assert con.execute(state).fetchall() == [("acme-2026-03", False, "acme-2026-03")]
        con.execute("delete from ops.issued_invoices")
        con.execute("delete from ops.issued_lines")
        con.execute("delete from ops.books")
    drafts.shown()
    with work(drafts.settings) as con:
        assert con.execute(state).fetchall() == [("acme-2026-03", True, "acme-2026-03")]


def test_the_carrier_settles_what_it_could_adjust(drafts: Drafts) -> None:
    drafts.add("acme", "2026-03")
    drafts.add("acme", "2026-04")
    drafts.ask("2026-03")
    drafts.issue()
    with work(drafts.settings) as con:
        con.execute(
            "insert into intermediate.int_invoicing__carriers values "
            "('acme-2026-03', 'acme-2026-04')"
        )
    drafts.ask("2026-04")
    drafts.issue()
    assert [invoice.settles for invoice in read_issued(drafts.settings)] == [[], ["acme-2026-03"]]
    with work(drafts.settings) as con:
        settled = con.execute("select distinct settled_by from ops.issued_invoices").fetchall()
    assert settled == [("acme-2026-04",)]


def test_a_line_of_the_book_is_json_that_another_program_can_read(drafts: Drafts) -> None:
    drafts.add("acme", "2026-03")
    drafts.ask("2026-03")
    drafts.issue()
    (line,) = (drafts.settings.books / "invoices.jsonl").read_text().splitlines()
    record = json.loads(line)
    assert (record["invoice_number"], record["as_of"]) == ("acme-000001", "2026-11-22")
    assert set(record["product"]) == {"rules", "catalogue"}
