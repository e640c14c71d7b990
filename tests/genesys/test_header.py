from __future__ import annotations

import pytest

from dagster_project.genesys import REPORTS
from dagster_project.genesys.header import FileRejectedError, match_header, resembles_header

BILLABLE = REPORTS["billable_usage"]
VOICE = REPORTS["voice_usage"]


def test_case_spaces_underscores_hyphens_and_brackets_do_not_matter() -> None:
    cells = [
        "SIP_CALL-ID",
        "origin",
        " Destination ",
        "calltype",
        "DIRECTION",
        "Start  Time",
        "duration [seconds]",
    ]
    header = match_header(cells, VOICE, {})
    assert header.places["sip_call_id"] == 0
    assert header.places["start_at"] == 5
    assert header.places["duration_seconds"] == 6


def test_column_order_is_free_and_extra_columns_are_named() -> None:
    header = match_header(["Timestamp", "Region", "Entity", "Charge Name"], BILLABLE, {})
    assert header.places == {"first_login_at": 0, "entity": 2, "charge_name": 3}
    assert header.extra == ("Region",)


def test_a_missing_required_column_names_it_the_headers_found_and_the_nearest() -> None:
    with pytest.raises(FileRejectedError) as error:
        match_header(["Charge Name", "Entity", "Time stamp UTC"], BILLABLE, {})
    message = str(error.value)
    assert '"Timestamp"' in message
    assert "nearest: Time stamp UTC" in message
    assert "Charge Name, Entity, Time stamp UTC" in message


def test_a_missing_optional_column_is_no_error() -> None:
    assert (
        "unit"
        not in match_header(["Date", "Resource", "Quantity"], REPORTS["resources_usage"], {}).places
    )


def test_a_header_twice_rejects_the_file() -> None:
    with pytest.raises(FileRejectedError, match='"Entity" is there twice'):
        match_header(["Charge Name", "Entity", "ENTITY", "Timestamp"], BILLABLE, {})


@pytest.mark.parametrize("column", ["entity", "Entity", "ENTITY "])
def test_an_alias_stands_for_a_column_named_by_header_or_stored_name(column: str) -> None:
    aliases = {"billable_usage": {"E-Mail (User)": column}}
    header = match_header(["Charge Name", "email user", "Timestamp"], BILLABLE, aliases)
    assert header.places["entity"] == 1


def test_an_alias_of_another_report_does_not_count() -> None:
    with pytest.raises(FileRejectedError, match='"Entity"'):
        match_header(
            ["Charge Name", "Mail", "Timestamp"], BILLABLE, {"devices": {"Mail": "entity"}}
        )


def test_the_columns_own_header_wins_over_its_alias() -> None:
    aliases = {"billable_usage": {"User": "entity"}}
    header = match_header(["User", "Charge Name", "Entity", "Timestamp"], BILLABLE, aliases)
    assert header.places["entity"] == 2
    assert header.extra == ("User",)


def test_two_aliases_of_one_column_reject_the_file() -> None:
    aliases = {"billable_usage": {"User": "entity", "Mail": "entity"}}
    with pytest.raises(FileRejectedError, match='"Entity" is there twice'):
        match_header(["User", "Charge Name", "Mail", "Timestamp"], BILLABLE, aliases)


def test_an_alias_never_takes_another_columns_own_header() -> None:
    aliases = {"billable_usage": {"Timestamp": "entity"}}
    with pytest.raises(FileRejectedError, match='"Entity"'):
        match_header(["Charge Name", "Timestamp"], BILLABLE, aliases)


@pytest.mark.parametrize(
    ("cells", "is_header"),
    [
        (["Charge Nam", "Entty", "When"], True),
        (["Genesys Cloud CX 2 User", "anna@acme.example", "2026-01-01T00:00:00Z"], False),
        (["", "", ""], False),
    ],
)
def test_a_line_resembles_a_header_by_its_names(cells: list[str], is_header: bool) -> None:
    assert resembles_header(cells, BILLABLE, {}) is is_header
