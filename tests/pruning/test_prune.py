"""Settled months lose their rows and nothing else: no run loads, changes or bills them again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dagster_project import pruning
from dagster_project.errors import UsageError
from dagster_project.pruning import prune
from dagster_project.warehouse import work
from tests.conftest import DataFolder

MONTHS = [f"2026-{month:02}" for month in range(1, 7)]
TODAY = "2026-06-20"
CALLS = (
    "SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds),Total cost\n"
)
USERS = "Charge Name,Entity,First Login\n"
SESSIONS = "User,Login At,Logout At,Charge Name\n"
RESOURCES = "Date,Resource,Quantity\n"
CHECKS = "select * exclude (run_id) from ops.check_results order by all"
TABLES = (
    "invoices", "invoice_lines", "computed_lines", "billable_users", "licence_usage",
    "telco_charges", "usage_daily", "unassigned_usage", "concurrency_daily", "resource_overages",
)  # fmt: skip


def _call(number: int, at: str) -> str:
    return f"sip-{number},+13175550100,+12125550100,Domestic,Outbound,{at},60,0.0119\n"


# a trial is not priced (CON-12): its invoices show usage only, and none of them is ever issued
TRIAL = """\
org: beta
name: beta
country: US
currency: USD
trial: true
contract:
  effective_date: 2026-01-01
  subscription: monthly
  licence_model: named
licences:
  - {licence: cx2, prepay_rate: 95, on_demand_rate: 115}
"""


@pytest.fixture(scope="module")
def billed(new_data_folder: Callable[[str], DataFolder]) -> DataFolder:
    """Five issued months and an open one, calls in a file that reaches over the last three."""
    folder = new_data_folder("prune")
    folder.contract("acme")
    for number, month in enumerate(MONTHS[:3]):
        calls = [_call(10 * number + day, f"{month}-{day:02}T10:00:00Z") for day in range(1, 6)]
        folder.land("acme", "voice_usage", f"{month}.csv", CALLS + "".join(calls))
    over = [_call(100 + n, f"{month}-15T10:00:00Z") for n, month in enumerate(MONTHS[3:])]
    before = _call(200, "2025-12-31T10:00:00Z")  # before the effective date: nobody's, and kept
    folder.land("acme", "voice_usage", "over.csv", CALLS + before + "".join(over))
    users = [f"Genesys Cloud CX 2,u{n},{month}-05T08:00:00Z\n" for n, month in enumerate(MONTHS)]
    folder.land("acme", "billable_usage", "users.csv", USERS + "".join(users))
    sessions = (
        "u1,2026-02-03T08:00:00Z,2026-02-03T09:00:00Z,\n"
        # the open one was closed by a later row, which ends before the month that stays
        "u2,2026-03-03T08:00:00Z,,\nu2,2026-03-03T08:00:00Z,2026-03-03T10:00:00Z,\n"
        "u3,2026-05-30T08:00:00Z,2026-06-02T10:00:00Z,\n"
        "u4,2026-01-03T08:00:00Z,,\n"
    )
    folder.land("acme", "login_sessions", "sessions.csv", SESSIONS + sessions)
    days = "".join(f"{month}-07,API Requests,5\n" for month in MONTHS)
    folder.land("acme", "resources_usage", "api.csv", RESOURCES + days)
    folder.contract("beta", TRIAL)
    folder.land("beta", "billable_usage", "users.csv", USERS + "".join(users[3:5]))
    folder.run_several(MONTHS, as_of=TODAY, issue=True)
    return folder


def _marts(folder: DataFolder) -> dict[str, list[tuple[Any, ...]]]:
    return {name: folder.query(f"from marts.{name} order by all") for name in TABLES}


def _stored(folder: DataFolder) -> dict[str, int]:
    with work(folder.settings) as con:
        return {
            report: con.execute(f"select count(*) from genesys.{report}").fetchall()[0][0]
            for report in ("voice_usage", "billable_usage", "login_sessions", "resources_usage")
        }


@pytest.mark.slow
def test_a_month_that_is_open_or_not_issued_stops_all_of_it(billed: DataFolder) -> None:
    before = _stored(billed)
    with pytest.raises(UsageError, match=r"acme 2026-06 is draft, not issued"):
        prune(billed.settings, date(2026, 7, 1), [], "me")
    assert _stored(billed) == before
    assert not (billed.settings.books / pruning.BOOK).exists()


@pytest.mark.slow
def test_rows_go_and_no_figure_changes(
    billed: DataFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    statuses = dict(billed.query("select invoice_id, status from marts.invoices"))
    assert set(statuses.values()) == {"issued", "draft", "usage_only"}
    marts, checks = _marts(billed), billed.query(CHECKS)
    ledger = billed.query(
        "select file_id, sha256, lines, rows_loaded, cost_loaded from ops.files order by all"
    )

    # killed before the book has it: all is as before
    with monkeypatch.context() as broken:
        broken.setattr(pruning, "append_to_book", _fail)
        with pytest.raises(KeyboardInterrupt):
            prune(billed.settings, date(2026, 6, 1), [], "me")
    assert _stored(billed) == {
        "voice_usage": 19, "billable_usage": 8, "login_sessions": 5, "resources_usage": 6
    }  # fmt: skip
    # killed before the published file is switched: it still reads the calls that it names
    with monkeypatch.context() as broken:
        broken.setattr(pruning, "publish", _fail)
        with pytest.raises(KeyboardInterrupt):
            prune(billed.settings, date(2026, 4, 1), [], "me")
    assert billed.query("select count(*) from marts.rated_calls") == [(18,)]

    (trial,) = prune(billed.settings, date(2026, 6, 1), ["beta"], "me")
    assert (trial.org, trial.rows) == ("beta", 2)
    (entry,) = prune(billed.settings, date(2026, 6, 1), ["acme"], "me")
    assert entry.months == ["2026-04-01", "2026-05-01"]
    # what is left: the call of nobody and June's; the session that reaches into June, the open one,
    # and the one that was open until a later row closed it, with that row
    assert _stored(billed) == {
        "voice_usage": 2, "billable_usage": 1, "login_sessions": 4, "resources_usage": 1
    }  # fmt: skip
    assert [path.name.count("-") for path in _parquet(billed)] == [1]
    assert _marts(billed) == marts
    assert billed.query("select invoice_month from marts.rated_calls") == [(date(2026, 6, 1),)]
    assert prune(billed.settings, date(2026, 6, 1), [], "me") == []

    # the contract's text changed: every month that was billed would be computed again; and what
    # still comes of a pruned month is kept, named, and nobody's bill
    contract = billed.path / "contracts" / "acme.yml"
    contract.write_text(contract.read_text() + "# looked over\n")
    late = billed.land("acme", "voice_usage", "late.csv", CALLS + _call(9, "2026-02-09T10:00:00Z"))
    billed.run("2026-06", as_of=TODAY)
    assert f"{late.relative_to(billed.path)} has rows of 2026-02, which is settled" in caplog.text
    assert _marts(billed) == marts
    assert billed.query(CHECKS) == checks
    assert ledger == billed.query(
        "select file_id, sha256, lines, rows_loaded, cost_loaded from ops.files "
        "where path not like '%/late.csv' order by all"
    )
    with pytest.raises(UsageError, match=r"2026-02 is settled and pruned"):
        billed.run("2026-02", as_of=TODAY)


def _fail(*_: Any) -> None:
    raise KeyboardInterrupt


def _parquet(folder: DataFolder) -> list[Path]:
    return sorted(folder.settings.calls.glob("*/*"))


@pytest.mark.slow
def test_a_new_warehouse_leaves_pruned_months_alone_if_their_files_are_gone(
    billed: DataFolder,
) -> None:
    """After the test before: the book says what was pruned, and what is in the way of computing."""
    book = billed.settings.books / pruning.BOOK
    entries = [json.loads(line) for line in book.read_text().splitlines()]
    months = [month for entry in entries if entry["org"] == "acme" for month in entry["months"]]
    assert months == [f"{month}-01" for month in MONTHS[:5]]
    with work(billed.settings) as con:
        pruning.refresh_pruned(billed.settings, con)
        assert con.execute("select count(*) from ops.pruned_months").fetchall() == [(10,)]
        con.begin()
        # as a warehouse that was made anew and has loaded every file
        con.execute("update ops.files set rows_pruned = 0")
        pruning.refresh_pruned(billed.settings, con)
        assert con.execute("select count(*) from ops.pruned_months").fetchall() == [(0,)]
        # the same without the file of January
        con.execute("delete from ops.files where path like '%2026-01.csv'")
        pruning.refresh_pruned(billed.settings, con)
        assert con.execute("select min(invoice_month) from ops.pruned_months").fetchall() == [
            (date(2026, 1, 1),)
        ]
        con.rollback()
