"""What the warehouse holds of the landed files."""

from __future__ import annotations

import gzip
import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dagster_project import landing
from dagster_project.errors import LandingError
from dagster_project.landing import LoadSummary, discover, load_report

DEVICES = "Device Id,Device Type,Active From,Active To\n"
VOICE = (
    "SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds),Total cost\n"
)
CALL = "sip-{},+1317,+1212,Domestic,Outbound,2026-03-0{}T00:00:00Z,34,0.0071\n"


def test_rows_rejects_and_the_ledger_are_written_together(house: Any) -> None:
    house.land(
        "acme/devices/a.csv", DEVICES + "d1,VVX,2026-01-05,\nd1,VVX,2026-01-05,\nd2,,2026-01-05,\n"
    )
    assert house.load("devices") == LoadSummary(
        files_new=1, rows_read=3, rows_loaded=1, rows_rejected=1, rows_duplicate=1
    )
    (file,) = house.con.sql("from ops.files").pl().to_dicts()
    assert house.rows("select * exclude (active_from, active_to) from genesys.devices") == [
        ("acme", file["file_id"], 3, "d1", "VVX")
    ]
    assert house.rows("from ops.rejected_rows") == [
        (file["file_id"], 4, "Device Type", "is empty", "d2,,2026-01-05,")
    ]
    assert file["path"] == "landing/acme/devices/a.csv"
    assert (file["lines"], file["header_lines"], file["record_lines"]) == (4, 1, 3)
    assert (file["first_at"], file["last_at"]) == (datetime(2026, 1, 5), datetime(9999, 12, 31))
    assert (file["status"], file["is_new"], file["received_rank"]) == ("loaded", True, 1)
    assert len(file["file_id"]) == 16


def test_calls_go_to_one_parquet_file_per_landed_file_seen_through_the_view(house: Any) -> None:
    house.land("acme/voice_usage/1.csv", VOICE + CALL.format(1, 1) + CALL.format(2, 2))
    house.land("beta/voice_usage/1.csv", VOICE + CALL.format(3, 3))
    house.load("voice_usage")
    calls = house.rows(
        "select org, sip_call_id, line_number, start_at, cdr_cost, postal_code "
        "from genesys.voice_usage order by sip_call_id"
    )
    assert calls[1] == ("acme", "sip-2", 3, datetime(2026, 3, 2), Decimal("0.0071"), None)
    assert [call[0] for call in calls] == ["acme", "acme", "beta"]
    for org, file_id, path in house.rows("select org, file_id, storage_path from ops.files"):
        assert path == str(house.settings.calls / org / f"{file_id}.parquet")
    assert house.rows("select sum(cost_read), sum(cost_loaded) from ops.files") == [
        (Decimal("0.0213"), Decimal("0.0213"))
    ]


def test_the_parquet_file_has_exactly_the_columns_of_the_view(house: Any) -> None:
    before = house.rows("describe genesys.voice_usage")
    house.land("acme/voice_usage/1.csv", VOICE + CALL.format(1, 1))
    house.load("voice_usage")
    (path,) = house.rows("select storage_path from ops.files")[0]
    assert [row[:2] for row in house.rows(f"describe from '{path}'")] == [row[:2] for row in before]
    assert [row[:2] for row in house.rows("describe genesys.voice_usage")] == [
        row[:2] for row in before
    ]


def test_the_same_bytes_under_any_name_are_skipped(house: Any) -> None:
    text = DEVICES + "d1,VVX,2026-01-05,\n"
    house.land("acme/devices/first.csv", text)
    house.land("acme/devices/again.csv", text)
    assert house.load("devices") == LoadSummary(
        files_new=1, files_skipped=1, rows_read=1, rows_loaded=1
    )
    house.land("acme/devices/third.csv", text)
    assert house.load("devices") == LoadSummary(files_skipped=3)
    assert house.rows("select path from ops.files") == [("landing/acme/devices/first.csv",)]


def test_the_same_bytes_of_another_organization_are_another_file(house: Any) -> None:
    text = DEVICES + "d1,VVX,2026-01-05,\n"
    house.land("acme/devices/a.csv", text)
    house.land("beta/devices/a.csv", text)
    assert house.load("devices").files_new == 2


def test_a_file_that_changed_is_one_more_file(house: Any) -> None:
    house.land("acme/devices/a.csv", DEVICES + "d1,VVX,2026-01-05,\n")
    house.load("devices")
    house.land("acme/devices/a.csv", DEVICES + "d1,VVX,2026-01-06,\n")
    house.load("devices")
    assert house.rows("select count(*), max(received_rank) from ops.files") == [(2, 2)]


def test_unchanged_files_are_not_hashed_again(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = DEVICES + "d1,VVX,2026-01-05,\n"
    house.land("acme/devices/a.csv", text)
    house.land("acme/devices/same.csv", text)
    house.load("devices")

    def never(path: object) -> str:
        raise AssertionError(path)

    monkeypatch.setattr(landing, "content_hash", never)
    assert house.load("devices").files_skipped == 2


def test_a_touched_file_keeps_its_first_place(house: Any) -> None:
    path = house.land("acme/devices/a.csv", DEVICES + "d1,VVX,2026-01-05,\n")
    house.load("devices")
    house.land("acme/devices/b.csv", DEVICES + "d2,VVX,2026-01-05,\n")
    os.utime(path, (2_000_000_000, 2_000_000_000))
    house.load("devices")
    assert house.rows("select path, received_rank from ops.files order by 2") == [
        ("landing/acme/devices/a.csv", 1),
        ("landing/acme/devices/b.csv", 2),
    ]


def test_received_order_is_modification_time_then_name_over_all_reports(house: Any) -> None:
    same = datetime(2026, 5, 1, tzinfo=UTC)
    house.land("acme/devices/b.csv", DEVICES + "d1,VVX,2026-01-05,\n", at=same)
    house.land("acme/org_users/a.csv", "User\nx\n", at=same)
    house.land("acme/devices/c.csv", DEVICES, at=datetime(2026, 4, 1, tzinfo=UTC))
    house.land("beta/devices/c.csv", DEVICES)
    house.load("devices")
    house.load("org_users")
    assert house.rows("select org, path, received_rank from ops.files order by 1, 3") == [
        ("acme", "landing/acme/devices/c.csv", 1),
        ("acme", "landing/acme/org_users/a.csv", 2),
        ("acme", "landing/acme/devices/b.csv", 3),
        ("beta", "landing/beta/devices/c.csv", 1),
    ]


def test_the_warehouse_can_be_deleted_and_rebuilt_identically(house: Any, rebuilt: Any) -> None:
    late = house.land("acme/devices/late.csv", DEVICES + "d1,VVX,2026-01-06,\n")
    house.load("devices")
    house.land("acme/devices/early.csv", DEVICES + "d1,VVX,2026-01-05,\nbad\n")
    house.land("acme/devices/copy.csv", late.read_bytes())
    house.land("acme/voice_usage/1.csv", VOICE + CALL.format(1, 1)[:30])
    house.load("devices")
    house.load("voice_usage")
    house.land("acme/voice_usage/2.csv", CALL.format(1, 1)[30:] + CALL.format(2, 2))
    house.load("voice_usage")
    before = house.snapshot()
    os.utime(late, (2_000_000_000, 2_000_000_000))
    house = rebuilt()
    house.load("voice_usage")
    house.load("devices")
    assert house.snapshot() == before


def test_a_kill_before_the_commit_leaves_the_file_unloaded(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.land("acme/voice_usage/1.csv", VOICE + CALL.format(1, 1) + "x\n")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(landing._Load, "_record", killed)
        with pytest.raises(KeyboardInterrupt):
            house.load("voice_usage")
    assert house.rows("from ops.files") == house.rows("from ops.rejected_rows") == []
    assert len(list(house.settings.calls.rglob("*.parquet"))) == 1
    assert house.load("voice_usage").rows_loaded == 1
    assert house.rows("select count(*) from genesys.voice_usage") == [(1,)]
    assert house.rows("select count(*) from ops.rejected_rows") == [(1,)]


def test_calls_whose_parquet_file_is_gone_are_loaded_again(house: Any) -> None:
    house.land("acme/voice_usage/1.csv", VOICE + CALL.format(1, 1))
    house.load("voice_usage")
    (path,) = house.settings.calls.rglob("*.parquet")
    path.unlink()
    assert house.load("voice_usage").files_new == 1
    assert path.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        ("Device,Kind\nx,y\n", 'required column "Device Id" of devices is missing'),
        ((DEVICES + "d1,VVX,2026-01-05,\n").encode("utf-16"), "UTF-16"),
        (DEVICES + "x\ny\n", "none of its 2 rows could be loaded"),
    ],
)
def test_a_file_of_which_nothing_can_be_loaded_is_rejected(
    house: Any, text: str | bytes, reason: str
) -> None:
    house.land("acme/devices/a.csv", text)
    summary = house.load("devices")
    assert (summary.files_rejected, summary.rows_loaded) == (1, 0)
    ((status, why, lines, counted),) = house.rows(
        "select status, reason, lines, header_lines + blank_lines + record_lines from ops.files"
    )
    assert status == "rejected"
    assert reason in why
    assert lines == counted
    assert house.load("devices").files_skipped == 1


def test_a_header_alone_is_loaded(house: Any) -> None:
    house.land("acme/devices/a.csv", DEVICES)
    assert house.load("devices").files_rejected == 0
    assert house.rows("select status, first_at, rows_read from ops.files") == [("loaded", None, 0)]


def test_a_rejected_file_says_where_it_lies(house: Any) -> None:
    house.land("acme/devices/a.csv", "x,y\n1,2\n")
    house.load("devices")
    ((reason,),) = house.rows("select reason from ops.files")
    assert reason.startswith('landing/acme/devices/a.csv: required column "Device Id"')
    assert "headers found: x, y" in reason


def test_a_new_alias_has_a_file_rejected_for_its_header_read_again(house: Any) -> None:
    house.land("acme/devices/a.csv", DEVICES.replace("Device Id", "Serial") + "d,VVX,2026-01-05,\n")
    assert house.load("devices").files_rejected == 1
    found = discover(house.settings)
    aliases = {"devices": {"serial": "device_id"}}
    summary = load_report(house.settings, house.con, "devices", found, aliases)
    assert (summary.files_new, summary.files_rejected, summary.rows_loaded) == (1, 0, 1)
    assert house.rows("select status, reason from ops.files") == [("loaded", None)]


def test_a_damaged_archive_leaves_none_of_its_rows(house: Any) -> None:
    text = VOICE + "".join(CALL.format(n, 1) for n in range(300_000)) + "x\n"
    house.land("acme/voice_usage/1.csv.gz", gzip.compress(text.encode(), 1)[:-9])
    assert house.load("voice_usage").files_rejected == 1
    assert house.rows("from ops.rejected_rows") == []
    assert house.rows("select storage_path from ops.files") == [(None,)]
    assert list(house.settings.calls.rglob("*.*")) == []


def test_a_file_that_cannot_be_opened_stops_the_load_and_is_named(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house.land("acme/devices/a.csv", DEVICES)
    found = discover(house.settings)
    path.unlink()
    with pytest.raises(LandingError, match=r"landing/acme/devices/a\.csv cannot be read"):
        load_report(house.settings, house.con, "devices", found, {})


def test_the_book_has_one_line_per_name_and_survives_a_torn_last_line(house: Any) -> None:
    house.land("acme/devices/a.csv", DEVICES + "d1,VVX,2026-01-05,\n")
    house.load("devices")
    book = house.settings.books / "files.jsonl"
    with book.open("ab") as file:
        file.write(b'{"file_id": "torn')
    house.land("acme/devices/b.csv", DEVICES + "d2,VVX,2026-01-05,\n")
    assert house.load("devices").files_new == 1
    entries = [json.loads(line) for line in book.read_text().splitlines()]
    assert [entry["path"] for entry in entries] == [
        "landing/acme/devices/a.csv",
        "landing/acme/devices/b.csv",
    ]
    assert entries[0]["received_at"] == "2026-06-01T00:00:01.000000"


def test_files_read_beside_each_other_give_the_same_warehouse(house: Any, rebuilt: Any) -> None:
    for number in range(12):
        org = f"org-{number % 3}"
        house.land(f"{org}/devices/{number}.csv", DEVICES + f"d{number},VVX,2026-01-05,\nx\n")
        house.land(f"{org}/voice_usage/{number}.csv", VOICE + CALL.format(number, 1) + "x\n")
    snapshots = []
    for threads in (1, 4):
        rebuilt().settings = replace(house.settings, threads=threads)
        for report in ("devices", "voice_usage"):
            assert house.load(report).rows_loaded == 12
        snapshots.append(house.snapshot())
    assert snapshots[0] == snapshots[1]


def test_an_error_spares_the_files_that_are_not_begun(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        house.land(f"acme/devices/{number}.csv", DEVICES + f"d{number},VVX,2026-01-05,\n")
    begun: list[str] = []

    def run(load: Any) -> LoadSummary:
        begun.append(load.file.path.name)
        if len(begun) > 1:
            time.sleep(0.05)
        raise LandingError(load.file.path.name)

    monkeypatch.setattr(landing._Load, "run", run)
    with pytest.raises(LandingError, match=r"0\.csv"):
        house.load("devices")
    assert len(begun) < 20


def test_a_large_file_is_read_alone(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    small = DEVICES + "d{},VVX,2026-01-05,\n"
    for number in range(4):
        house.land(f"acme/devices/{number}.csv", small.format(number) * (3 if number < 2 else 1))
    monkeypatch.setattr(landing, "CHUNK", len(small.format(0)) + 10)
    monkeypatch.setattr(landing, "_run_apart", lambda load: pytest.fail(load.file.path.name))
    with pytest.raises(pytest.fail.Exception, match=r"2\.csv"):
        house.load("devices")
    assert house.rows("select parse_filename(path) from ops.files order by all") == [
        ("0.csv",),
        ("1.csv",),
    ]


def test_progress_is_told_file_by_file(house: Any) -> None:
    for name in ("a", "b"):
        house.land(f"acme/devices/{name}.csv", DEVICES + f"{name},VVX,2026-01-05,\n")
    told: list[str] = []
    load_report(
        house.settings,
        house.con,
        "devices",
        discover(house.settings),
        {},
        on_progress=lambda file: told.append(file.path.name),
    )
    assert told == ["a.csv", "b.csv"]


def test_without_calls_the_view_is_empty_and_typed(house: Any) -> None:
    before = house.rows("describe genesys.voice_usage")
    house.load("voice_usage")
    assert [row[:2] for row in house.rows("describe genesys.voice_usage")] == [
        row[:2] for row in before
    ]
    assert house.rows("from genesys.voice_usage") == []
