from __future__ import annotations

from typing import Any

import pytest

from dagster_project.errors import UsageError
from dagster_project.landing import accept_file, read_accepted, refresh_accepted

DEVICES = "Device Id,Device Type,Active From,Active To\n"


@pytest.fixture
def file_id(house: Any) -> str:
    house.land("acme/devices/a.csv", DEVICES + "d1,VVX,2026-01-05,\nbad\n")
    house.load("devices")
    return str(house.rows("select file_id from ops.files")[0][0])


def test_an_acceptance_is_recorded_and_its_organization_is_computed_again(
    house: Any, file_id: str
) -> None:
    accept_file(house.settings, house.con, file_id, "checked with the vendor", "anna")
    assert house.rows("select file_id, accepted_by, reason from ops.accepted_files") == [
        (file_id, "anna", "checked with the vendor")
    ]
    assert house.rows("from ops.changed_orgs") == [("acme",)]
    (accepted,) = read_accepted(house.settings)
    assert (accepted.file_id, accepted.accepted_by) == (file_id, "anna")


def test_an_acceptance_outlives_the_warehouse_and_the_last_word_counts(
    house: Any, file_id: str, rebuilt: Any
) -> None:
    accept_file(house.settings, house.con, file_id, "first", "anna")
    accept_file(house.settings, house.con, file_id, "second", "bert")
    before = house.rows("from ops.accepted_files")
    house = rebuilt()
    refresh_accepted(house.settings, house.con)
    assert house.rows("from ops.accepted_files") == before
    assert [accepted.reason for accepted in read_accepted(house.settings)] == ["first", "second"]


def test_an_unknown_file_is_refused_with_the_nearest_ids(house: Any, file_id: str) -> None:
    with pytest.raises(UsageError, match=f"Nearest: {file_id}"):
        accept_file(house.settings, house.con, f"{file_id[:-1]}?", "because", "anna")
    assert read_accepted(house.settings) == []


def test_an_acceptance_needs_a_reason(house: Any, file_id: str) -> None:
    with pytest.raises(UsageError, match="without a reason"):
        accept_file(house.settings, house.con, file_id, "  ", "anna")
    assert house.rows("from ops.accepted_files") == []
