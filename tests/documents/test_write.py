"""What is written, when, and that its figures are the warehouse's."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.documents import write_documents

ALL = 7
US, HELD, YEN = "harrow-finch-2026-10", "lindenhof-markt-2026-10", "hoshimori-travel-2026-10"
USAGE, LONG = "kestrel-partner-2026-10", "kestrel-long-2026-10"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "invoices"


def _folder(out: Path, invoice_id: str) -> Path:
    (folder,) = out.glob(f"*/{invoice_id}")
    return folder


def _json(out: Path, invoice_id: str) -> dict[str, Any]:
    content = json.loads((_folder(out, invoice_id) / "invoice.json").read_bytes())
    assert isinstance(content, dict)
    return content


def test_every_invoice_has_its_three_documents_under_its_organization(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    written = write_documents(warehouse, out)

    assert len(written) == ALL * 3
    assert {path.name for path in _folder(out, US).iterdir()} == {
        "invoice.pdf",
        "invoice.json",
        "invoice.csv",
    }
    assert _folder(out, US).parent.name == "harrow-finch"


@pytest.mark.parametrize("threads", [1, 3])
def test_writing_twice_gives_the_same_bytes(
    warehouse: duckdb.DuckDBPyConnection, out: Path, threads: int
) -> None:
    written = write_documents(warehouse, out / "one")
    beside = write_documents(warehouse, out / "two", threads=threads)
    assert [path.relative_to(out / "two") for path in beside] == [
        path.relative_to(out / "one") for path in written
    ]

    once = {
        path.relative_to(out / "one"): path.read_bytes()
        for path in (out / "one").rglob("invoice.*")
    }
    again = {
        path.relative_to(out / "two"): path.read_bytes()
        for path in (out / "two").rglob("invoice.*")
    }
    assert len(once) == ALL * 3
    assert once == again


def test_only_an_invoice_that_changed_is_written_again(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    write_documents(warehouse, out)
    assert write_documents(warehouse, out) == []

    warehouse.execute(
        "update marts.invoice_lines set quantity = 6 where line_id = ?",
        [f"{US}:licence.cx2.on_demand"],
    )
    written = write_documents(warehouse, out)

    assert {path.parent.name for path in written} == {US}
    assert {path.name for path in written} == {"invoice.pdf", "invoice.json", "invoice.csv"}


def test_a_document_that_was_deleted_comes_back(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    write_documents(warehouse, out)
    (_folder(out, YEN) / "invoice.pdf").unlink()

    assert {path.parent.name for path in write_documents(warehouse, out)} == {YEN}


def test_only_the_invoices_asked_for_are_written(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    written = write_documents(warehouse, out, [YEN, "no-such-invoice"])

    assert {path.parent.name for path in written} == {YEN}


def test_documents_of_a_draft_that_is_gone_go_and_those_of_an_issued_invoice_stay(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    write_documents(warehouse, out)
    strange = out / "harrow-finch" / "notes"
    strange.mkdir()
    (strange / "invoice.json").write_text("{}")
    warehouse.execute("delete from marts.invoices where invoice_id in (?, ?)", [US, LONG])

    write_documents(warehouse, out, [YEN])

    assert _folder(out, YEN).is_dir()
    assert not list(out.glob(f"*/{US}"))
    assert _folder(out, LONG).is_dir()
    assert strange.is_dir()


def test_what_was_printed_of_an_issued_invoice_is_never_printed_again(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_documents(warehouse, tmp_path, [LONG])
    folder = tmp_path / "kestrel-long" / LONG
    printed = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert json.loads(printed["invoice.json"])["invoice_number"] == "kestrel-long-000001"
    warehouse.execute("update marts.invoice_parties set organization_name = 'Another name'")
    assert write_documents(warehouse, tmp_path, [LONG]) == []
    warehouse.execute("update marts.invoice_parties set organization_name = 'Lindenhof Markt'")
    (folder / "invoice.pdf").unlink()
    write_documents(warehouse, tmp_path, [LONG])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == printed


def test_the_json_has_the_warehouses_figures_as_texts(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    write_documents(warehouse, out)
    for invoice_id, subtotal, tax, total in warehouse.execute(
        "select invoice_id, subtotal, tax, total from marts.invoices"
    ).fetchall():
        content = _json(out, invoice_id)
        if total is None:
            assert content["total"] is None
            continue
        assert (content["subtotal"], content["tax"]) == (str(subtotal), str(tax))
        assert content["total"] == str(total)
        sections = [Decimal(section["subtotal"] or 0) for section in content["sections"]]
        assert sum(sections) == total
        assert sum(Decimal(line["amount"] or 0) for line in content["lines"]) == total


def test_a_null_price_is_null_in_json_and_empty_in_csv_and_never_zero(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    write_documents(warehouse, out)

    (line,) = [
        line for line in _json(out, YEN)["lines"] if line["charge_code"] == "resource.sms_segments"
    ]
    assert (line["quantity"], line["rate"], line["amount"]) == ("2870.000000", None, None)
    with (_folder(out, YEN) / "invoice.csv").open(newline="") as lines:
        rows = {row["charge_code"]: row for row in csv.DictReader(lines)}
    assert (rows["resource.sms_segments"]["rate"], rows["resource.sms_segments"]["amount"]) == (
        "",
        "",
    )
    assert rows["licence.cx2.on_demand"]["amount"] == "295020.00"


def test_the_csv_has_one_row_a_line_in_line_order(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    write_documents(warehouse, out)

    with (_folder(out, LONG) / "invoice.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [int(row["line_number"]) for row in rows] == list(range(1, 301))
    assert {row["currency"] for row in rows} == {"EUR"}


def test_a_held_invoice_carries_the_failed_checks_sentences_only(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    write_documents(warehouse, out)
    content = _json(out, HELD)

    assert content["hold_reasons"] == ["rejected_rows", "unrated_calls"]
    assert set(content["hold_details"]) == {"rejected_rows", "unrated_calls"}
    assert content["hold_details"]["unrated_calls"] == ["12 calls to +87… have no rate."]


def test_an_invoice_without_lines_still_has_its_documents(
    warehouse: duckdb.DuckDBPyConnection, out: Path
) -> None:
    warehouse.execute("delete from marts.invoice_lines where invoice_id = ?", [HELD])

    write_documents(warehouse, out, [HELD])

    assert _json(out, HELD)["lines"] == []
    assert (_folder(out, HELD) / "invoice.csv").read_text().count("\n") == 1
    assert (_folder(out, HELD) / "invoice.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("invoice_id", "asked", "paper"),
    [
        (US, None, "us-letter"),
        (HELD, None, "a4"),
        (US, "a4", "a4"),
        (HELD, "us-letter", "us-letter"),
    ],
)
def test_the_paper_is_the_countrys_unless_one_is_asked_for(
    warehouse: duckdb.DuckDBPyConnection, out: Path, invoice_id: str, asked: Any, paper: str
) -> None:
    write_documents(warehouse, out, [invoice_id], asked)

    assert _json(out, invoice_id)["paper"] == paper
