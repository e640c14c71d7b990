"""The schedule bills each organization once its period has ended, and makes up for missed days."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from dagster_project.defs.resources import DataDirectory
from dagster_project.defs.schedule.invoice_run import periods_that_ended

if TYPE_CHECKING:
    from conftest import DataFolder


def _requests(data_folder: DataFolder, day: str) -> list[tuple[str, list[str]]]:
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime.fromisoformat(day).replace(hour=6, tzinfo=UTC),
        resources={"data_directory": DataDirectory(path=str(data_folder.path))},
    )
    return [
        (item.partition_key, item.run_config["ops"]["ops__run"]["config"]["orgs"])
        for item in periods_that_ended(context)
        if isinstance(item, dg.RunRequest)
    ]


def _anchored(data_folder: DataFolder, org: str, anchor: str) -> None:
    data_folder.contract(org)
    path = data_folder.path / "contracts" / f"{org}.yml"
    path.write_text(path.read_text().replace("2026-01-01", anchor))


def test_organizations_are_asked_for_when_their_period_has_ended(data_folder: DataFolder) -> None:
    _anchored(data_folder, "first", "2026-01-01")
    _anchored(data_folder, "mid", "2026-01-15")
    assert _requests(data_folder, "2026-02-14") == [("2026-01-01", ["first"])]
    assert _requests(data_folder, "2026-02-15") == [
        ("2026-01-01", ["first"]),
        ("2026-02-01", ["mid"]),
    ]


def test_a_contract_that_does_not_load_stops_nobody_else(data_folder: DataFolder) -> None:
    data_folder.contract("good")
    data_folder.contract("bad", "org: bad\nnonsense: 1\n")
    assert _requests(data_folder, "2026-02-15") == [("2026-01-01", ["good"])]


@pytest.mark.slow
def test_a_month_that_was_billed_after_its_end_is_not_asked_for_again(
    billed: DataFolder,
) -> None:
    assert _requests(billed, "2026-05-02") == []
    billed.run("2026-05", as_of="2026-05-20")
    assert _requests(billed, "2026-06-03") == [("2026-05-01", ["acme", "beta"])]
