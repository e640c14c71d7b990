"""Each reason of CHK `rejected_rows`, and what is no reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from dagster_project.genesys import containers

Read = Callable[..., Any]

VOICE = (
    "SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds),"
    "Adjusted Duration (seconds),Adjusted Duration (minutes),Usage Rate Per Minute,Total cost\n"
)
CALL = "sip-1,+1317,+1212,Domestic,Outbound,2026-03-01T00:00:00Z,34,36,0.6,0.0119,0.0071\n"


@pytest.mark.parametrize(
    ("old", "new", "column", "reason"),
    [
        ("sip-1", "", "SIP Call Id", "is empty"),
        ("sip-1", "   ", "SIP Call Id", "is empty"),
        ("+1212", "", "Destination", "is empty"),
        ("Domestic", "", "Call Type", "is empty"),
        ("Outbound", "", "Direction", "is empty"),
        ("Outbound", "sideways", "Direction", "is neither inbound nor outbound"),
        ("2026-03-01T00:00:00Z", "", "Start time", "is empty"),
        ("2026-03-01T00:00:00Z", "2026-13-01T00:00:00Z", "Start time", "is not a date and time"),
        (",34,", ",,", "Duration (Seconds)", "is empty"),
        (",34,", ",34.5,", "Duration (Seconds)", "is not a whole number"),
        (",34,", ",-1,", "Duration (Seconds)", "is negative"),
        (",36,", ",-6,", "Adjusted Duration (seconds)", "is negative"),
        (",0.6,", ",-0.6,", "Adjusted Duration (minutes)", "is negative"),
        (
            "0.0119",
            "0.01191234",
            "Usage Rate Per Minute",
            "is not a number with at most 6 decimal places",
        ),
        ("0.0071", "7e-3", "Total cost", "is not a number with at most 6 decimal places"),
    ],
)
def test_a_call_is_rejected(read: Read, old: str, new: str, column: str, reason: str) -> None:
    damaged = CALL.replace(old, new)
    reading = read("voice_usage", VOICE + CALL + damaged + CALL)
    assert reading.rejects == [(3, column, reason, damaged.rstrip())]
    assert reading.tally.rows_read == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("+1317", ""),
        ("Outbound", " INBOUND "),
        ("0.0071", "-0.0071"),
        ("0.0071", ""),
        ("0.0119", "-0.01"),
        (",34,", ",0,"),
        (",34,", ",34.0,"),
        (",36,", ",,"),
    ],
)
def test_a_call_is_not_rejected(read: Read, old: str, new: str) -> None:
    reading = read("voice_usage", VOICE + CALL.replace(old, new))
    assert reading.rejects == []
    assert reading.tally.rows_loaded == 1


def test_the_first_failing_column_in_the_reports_order_is_named(read: Read) -> None:
    reading = read("devices", "Active To,Active From,Device Type,Device Id\nx,y,,d\n")
    assert reading.rejects == [(2, "Device Type", "is empty", "x,y,,d")]


def test_money_is_conserved_where_it_can_be_read(read: Read) -> None:
    unreadable, negative = CALL.replace("0.0071", "?"), CALL.replace(",34,", ",-34,")
    tally = read("voice_usage", VOICE + CALL * 2 + unreadable + negative + "short,line\n").tally
    assert (tally.rows_read, tally.rows_rejected) == (5, 3)
    assert tally.money_loaded == Decimal("0.0142")
    assert tally.money_rejected == Decimal("0.0071")
    assert tally.money_read == Decimal("0.0213")


def test_money_adds_up_over_the_blocks_of_a_file(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = VOICE + CALL * 3 + CALL.replace(",34,", ",-34,")
    whole = read("voice_usage", text).tally
    monkeypatch.setattr(containers, "CHUNK", 64)
    monkeypatch.setattr("dagster_project.genesys.reading.CHUNK", 64)
    assert read("voice_usage", text).tally == whole
    assert whole.money_read == Decimal("0.0284")


def test_a_timestamp_of_billable_usage_may_be_empty(read: Read) -> None:
    reading = read(
        "billable_usage",
        "Charge Name,Entity,Timestamp\nCX 2,a@x,\nCX 2,,2026-01-01T00:00:00Z\n,b@x,\nCX 2,c@x,x\n",
    )
    assert [row["entity"] for row in reading.rows] == ["a@x"]
    assert [(line, column, reason) for line, column, reason, _ in reading.rejects] == [
        (3, "Entity", "is empty"),
        (4, "Charge Name", "is empty"),
        (5, "Timestamp", "is not a date and time"),
    ]


def test_a_logout_before_its_login_rejects_the_session_and_one_at_it_does_not(read: Read) -> None:
    reading = read(
        "login_sessions",
        "User,Login At,Logout At\n"
        "a,2026-01-01T10:00:00Z,2026-01-01T09:59:59.999999Z\n"
        "b,2026-01-01T10:00:00Z,2026-01-01T10:00:00Z\n"
        "c,2026-01-01T10:00:00Z,\n",
    )
    assert [row["user_name"] for row in reading.rows] == ["b", "c"]
    assert [reject[1:3] for reject in reading.rejects] == [("Logout At", "is before Login At")]
    assert reading.tally.first_at == datetime(2026, 1, 1, 10)
    assert reading.tally.last_at == datetime(9999, 12, 31)


@pytest.mark.parametrize(
    ("report", "header"),
    [("devices", "Device Id,Device Type"), ("phone_numbers", "Number,Type")],
)
def test_an_active_to_before_its_active_from_rejects_the_row(
    read: Read, report: str, header: str
) -> None:
    reading = read(
        report,
        f"{header},Active From,Active To\nx,y,2026-01-02,2026-01-01\nx,y,2026-01-02,1/2/2026\n",
    )
    assert reading.rejected_lines == [2]
    assert reading.rejects[0][1:3] == ("Active To", "is before Active From")
    assert reading.tally.first_at == reading.tally.last_at == datetime(2026, 1, 2)


@pytest.mark.parametrize(
    ("report", "text", "column"),
    [
        (
            "concurrent_usage",
            "Date,Peak Concurrent Users,Minutes\n2026-01-01,-1,5\n",
            "Peak Concurrent Users",
        ),
        ("concurrent_usage", "Date,Peak Concurrent Users,Minutes\n2026-01-01,1,-5\n", "Minutes"),
        ("resources_usage", "Date,Resource,Quantity\n2026-01-01,IVR Minutes,-1\n", "Quantity"),
        ("appfoundry_usage", "App,Part,Date,Quantity\na,p,2026-01-01,-0.5\n", "Quantity"),
        (
            "user_hours",
            "User,Date,Logged In Duration\na,2026-01-01,-1:00:00:000\n",
            "Logged In Duration",
        ),
    ],
)
def test_a_negative_duration_count_or_quantity_rejects_the_row(
    read: Read, report: str, text: str, column: str
) -> None:
    assert [reject[1:3] for reject in read(report, text).rejects] == [(column, "is negative")]


def test_ported_is_true_or_false(read: Read) -> None:
    reading = read(
        "phone_numbers",
        "Number,Type,Active From,Ported\n+1,DID,2026-01-01,TRUE\n+2,DID,2026-01-01,\n"
        "+3,DID,2026-01-01,maybe\n",
    )
    assert [row["is_ported"] for row in reading.rows] == [True, None]
    assert reading.rejects[0][1:3] == ("Ported", "is not true or false")


def test_hours_are_stored_in_milliseconds(read: Read) -> None:
    reading = read("user_hours", "User,Date,Logged In Duration\na,3/1/2026,112:13:48:005\n")
    assert reading.rows[0]["logged_in_milliseconds"] == 404_028_005
