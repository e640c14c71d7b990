"""The decision pages as files: what they say, what cannot break out of them, what is rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from dagster_project.documents import drawing
from dagster_project.documents.decision import write_decisions

_ALL = {
    "index.html",
    "acme/2026-01.html",
    "acme/2026-02.html",
    "acme/2026-03.html",
    "held/2026-03.html",
    "hoshi/2026-03.html",
    "open/2026-03.html",
    "partner/2026-03.html",
}


class _Text(HTMLParser):
    """Tags, attributes and words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._is_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.words.append(data)


def _parsed(path: Path) -> _Text:
    parser = _Text()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def _words(path: Path) -> str:
    return " ".join(" ".join(_parsed(path).words).split())


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(Path(__file__).with_name("decision_warehouse.sql").read_text())
        yield connection


@pytest.fixture
def out(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> Path:
    write_decisions(con, tmp_path)
    return tmp_path


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_there_is_a_page_for_each_month_and_an_index(out: Path) -> None:
    assert _names(out) == _ALL


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("acme/2026-03", "Pay 12,311.02 USD, dispute 896.50 USD"),
        ("acme/2026-01", "Pay 11,840.15 USD"),
        ("acme/2026-02", "Pay 12,011.404 USD"),
        ("held/2026-03", "Wait: 2 checks hold our invoice"),
        ("hoshi/2026-03", "Expect 1,080,214 JPY: the vendor’s invoice is not here yet"),
        ("partner/2026-03", "The vendor bills 410.00 GBP: we have no price to compare"),
        ("open/2026-03", "Nothing to pay yet: an estimate through 9 Mar 2026"),
    ],
)
def test_the_headline_says_what_to_do(page: str, says: str, out: Path) -> None:
    assert says in _words(out / f"{page}.html")


def test_an_open_period_is_summed_up_through_yesterday(out: Path) -> None:
    """RPT-2 and RPT-3: users by licence, committed and on demand, and the charges so far."""
    words = _words(out / "open/2026-03.html")
    for said in (
        "an estimate through 9 Mar 2026",
        "We expect 321.50 estimate",
        "Expect about 321.50 USD so far",
        "Licence Drawn Committed Used On demand Genesys Cloud CX 1 User 10 4 0",
    ):
        assert said in words


def test_a_dispute_names_amounts_causes_and_whom_to_ask(out: Path) -> None:
    words = _words(out / "acme/2026-03.html")
    for said in (
        "Dispute 896.50 USD with Billing team, North America (billing@vendor.example)",
        "Users counted (345.00), Line that is not ours (325.00), Allowance pool from another base",
        "On other charges the vendor bills 250.00 USD too little",
        "37 calls of 2026-03-14 are billed again",
        "near: DID Line, Fast Lane",
        "cxledger explain acme-2026-03:licence.cx2.on_demand",
        "Evidence: 12 × user, 1 × commitment, 1 × rounding.",
        "and 3 more files",
    ):
        assert said in words


def test_a_held_invoice_says_why_and_asks_for_no_money(out: Path) -> None:
    words = _words(out / "held/2026-03.html")
    assert "landing/held/devices/d.csv line 7. Replace it, or accept it." in words
    assert "Do not pay or dispute on these figures" in words
    row = re.search(r"held Held (.*?) EUR", _words(out / "index.html"))
    assert row
    assert row[1] == "900.00 1,000.00 – –", "the index asks for nothing either"


def test_what_users_and_vendors_write_stays_text(out: Path) -> None:
    for page in _ALL:
        parsed = _parsed(out / page)
        assert not {"script", "img", "b", "iframe", "link"} & set(parsed.tags) - {"link"}
        assert not [name for name, _ in parsed.attributes if name.startswith("on")]
        assert not [
            value
            for name, value in parsed.attributes
            if name in {"href", "src"} and re.match(r"[a-z]+:", value) and value != "data:,"
        ], "no page leads to a server"
    words = _words(out / "acme/2026-03.html")
    assert "Harrow & Finch <script>alert(1)</script> Mutual" in words
    assert "<img src=x onerror=alert(2)> is nothing of ours" in words


def test_the_links_to_files_are_quoted_paths_of_the_data_directory(out: Path) -> None:
    links = [
        value for name, value in _parsed(out / "acme/2026-03.html").attributes if name == "href"
    ]
    assert "../../landing/acme/billable_usage/users%200%20%26%20co.csv" in links
    assert "../../contracts/acme.yml" in links
    assert "../../invoices/acme/acme-2026-03/invoice.pdf" in links
    assert {"../index.html", "2026-02.html", "2026-01.html"} <= set(links)


def test_every_table_has_a_caption_and_scoped_headings(out: Path) -> None:
    for page in _ALL:
        text = (out / page).read_text(encoding="utf-8")
        tables = re.findall(r"<table.*?</table>", text, re.DOTALL)
        assert all("<caption>" in table for table in tables)
        assert not re.findall(r"<th(?! scope=)[ >]", text)


def test_only_what_changed_is_written_again(out: Path, con: duckdb.DuckDBPyConnection) -> None:
    assert write_decisions(con, out) == []
    con.execute(
        "update marts.decisions set our_total = 11840.16 where invoice_month = '2026-01-01'"
    )
    written = write_decisions(con, out, [("acme", date(2026, 1, 1))])
    # the later months show it in their trend
    assert {str(path.relative_to(out)) for path in written} == {
        "index.html",
        "acme/2026-01.html",
        "acme/2026-02.html",
        "acme/2026-03.html",
    }


def test_a_page_without_its_month_is_removed_and_a_strangers_file_is_kept(
    out: Path, con: duckdb.DuckDBPyConnection
) -> None:
    (out / "acme/notes.html").write_text("<p>mine</p>")
    con.execute("delete from marts.decisions where org = 'held'")
    write_decisions(con, out, [])
    assert _names(out) == _ALL - {"held/2026-03.html"} | {"acme/notes.html"}


def test_an_empty_warehouse_makes_an_index_that_says_so(
    tmp_path: Path, con: duckdb.DuckDBPyConnection
) -> None:
    con.execute("delete from marts.decisions")
    write_decisions(con, tmp_path)
    assert _names(tmp_path) == {"index.html"}
    assert "Nothing has been billed yet." in _words(tmp_path / "index.html")


def test_bars_lie_where_the_figures_do() -> None:
    axis = drawing.axis([Decimal(0), Decimal(200)])
    assert axis.bar(Decimal(150), Decimal(50), "more") == drawing.Bar(25.0, 50.0, "more")
    assert axis.bar(Decimal(0), Decimal(0), "ours").width == 0.4, "nothing is still seen"
    assert drawing.axis([]).bar(Decimal(0), Decimal(0), "ours").x == 0


def test_an_axis_zooms_only_where_the_differences_would_be_too_small_to_see() -> None:
    close, far = [Decimal(1000), Decimal(1010)], [Decimal(1000), Decimal(10)]
    zoomed = drawing.axis(close, may_zoom=True)
    assert 0 < zoomed.low < 1000
    assert zoomed.high > 1010
    assert drawing.axis(close).low == 0
    assert drawing.axis(far, may_zoom=True).low == 0
    assert drawing.axis([Decimal(-5), Decimal(5)], may_zoom=True).low == -5
    assert drawing.axis([Decimal(7), Decimal(7)], may_zoom=True) == drawing.Axis(
        Decimal(0), Decimal(7)
    )


def test_the_columns_of_days_are_as_high_as_their_figures() -> None:
    bars = drawing.columns([Decimal(10), Decimal(0), Decimal(5)])
    assert [bar.height for bar in bars] == [98.0, 0.0, 49.0]
    assert [bar.x for bar in bars] == [1.0, 11.0, 21.0]
    assert drawing.columns([Decimal(0)])[0].height == 0
