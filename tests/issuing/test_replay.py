"""Replay names the input that is gone or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dagster_project.errors import UsageError
from dagster_project.issuing import read_issued
from dagster_project.issuing.replay import find_issued, replay
from dagster_project.progress import SilentProgress
from dagster_project.warehouse import work

if TYPE_CHECKING:
    from tests.issuing.conftest import Drafts


def _issue(drafts: Drafts) -> None:
    drafts.add("acme", "2026-03")
    drafts.ask("2026-03")
    with work(drafts.settings) as con:
        con.execute(
            "insert into ops.files by name select 'file-a' as file_id, 'acme' as org, "
            "'billable_usage' as report, 'landing/acme/billable_usage/a.csv' as path, "
            "'' as sha256, now()::timestamp as received_at, 1 as received_rank, 0 as bytes, "
            "1 as lines, "
            "1 as header_lines, 0 as blank_lines, 0 as record_lines, 0 as rows_read, "
            "0 as rows_loaded, 0 as rows_rejected, 0 as rows_duplicate, 0 as rows_superseded, "
            "0 as rows_pruned, "
            "0 as cost_read, 0 as cost_loaded, 0 as cost_rejected, 0 as cost_duplicate, "
            "'loaded' as status, false as is_new"
        )
    drafts.issue()


def test_an_invoice_is_found_by_its_number_and_by_its_id(drafts: Drafts) -> None:
    _issue(drafts)
    by_number = find_issued(drafts.settings, "acme-000001")
    assert by_number == find_issued(drafts.settings, "acme-2026-03")
    with pytest.raises(UsageError, match=r"Nearest: acme-000001"):
        find_issued(drafts.settings, "acme-00001")


def test_without_any_issued_invoice_it_says_so(drafts: Drafts) -> None:
    with pytest.raises(UsageError, match="No invoice is issued yet"):
        find_issued(drafts.settings, "acme-000001")


def test_a_landed_file_that_is_gone_or_changed_is_named(drafts: Drafts) -> None:
    _issue(drafts)
    path = drafts.settings.landing / "acme/billable_usage/a.csv"
    path.write_text("changed")
    outcome = replay(drafts.settings, "acme-000001", SilentProgress())
    assert outcome.missing == ("landing/acme/billable_usage/a.csv (file file-a) is changed",)
    path.unlink()
    outcome = replay(drafts.settings, "acme-000001", SilentProgress())
    assert outcome.missing == ("landing/acme/billable_usage/a.csv (file file-a) is missing",)
    assert not outcome.is_identical


def test_a_kept_contract_or_reference_file_that_is_gone_or_changed_is_named(
    drafts: Drafts,
) -> None:
    _issue(drafts)
    (issued,) = read_issued(drafts.settings)
    kept = drafts.settings.books / "inputs"
    (kept / issued.inputs["contract"]).unlink()
    (kept / issued.inputs["reference"]["voice_rates.csv"]).write_text("changed")
    outcome = replay(drafts.settings, "acme-000001", SilentProgress())
    assert [sentence.split(" (", 1)[1] for sentence in outcome.missing] == [
        "contracts/acme.yml) is missing",
        "reference/voice_rates.csv) is changed",
    ]
