"""Every suite turns red when its figures differ, and says for whom; nothing passes in vain."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.errors import WarehouseError
from expectations import frames
from expectations.suites import FAMILIES
from expectations.validate import validate


def _break(con: duckdb.DuckDBPyConnection, where: str, by: str = "1") -> None:
    con.execute(f"update reconciliation.invariants set actual = actual + {by} where {where}")


def test_what_holds_everywhere_is_a_success_with_docs(
    outcomes: duckdb.DuckDBPyConnection, register: dict[str, str], tmp_path: Path
) -> None:
    report = validate(outcomes, tmp_path / "quality")
    assert report.success
    assert report.suites == dict.fromkeys(FAMILIES, True)
    assert report.failures == ()
    assert (report.invariants, report.outcomes) == (len(register), 2 * len(register))
    assert (tmp_path / "quality" / "index.html").exists()


def test_there_are_invariants_enough_and_each_is_said_in_a_sentence(
    register: dict[str, str],
) -> None:
    assert len(register) >= 25
    assert all(sentence.endswith(".") and " " in sentence for sentence in register.values())


def test_every_suite_turns_red(outcomes: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    _break(
        outcomes,
        "org = 'hora' and invariant_id in (select min(invariant_id) "
        "from reconciliation.invariants group by family)",
    )
    report = validate(outcomes, tmp_path)
    assert report.suites == dict.fromkeys(FAMILIES, False)
    assert [failure.family for failure in report.failures] == sorted(FAMILIES)
    assert {failure.org for failure in report.failures} == {"hora"}


def test_a_millionth_in_one_family_turns_that_family_red_alone(
    outcomes: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    invariant = "telco.charges_add_up_every_cost"
    _break(outcomes, f"org = 'acme' and invariant_id = '{invariant}'", by="0.000001")
    report = validate(outcomes, tmp_path)
    assert [family for family, success in report.suites.items() if not success] == ["telco"]
    (failure,) = report.failures
    assert (failure.invariant_id, failure.org, failure.check) == (invariant, "acme", "totals")
    assert failure.actual is not None
    assert failure.expected is not None
    assert failure.actual - failure.expected == Decimal("0.000001")
    assert "expected 100.000001, got 100.000002" in str(failure)


def test_conservation_fails_the_check_of_its_name(
    outcomes: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _break(outcomes, "org = 'acme' and invariant_id = 'conservation.rows_of_a_file'")
    assert [failure.check for failure in validate(outcomes, tmp_path).failures] == ["conservation"]


def test_two_nulls_are_no_proof(outcomes: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    outcomes.execute(
        "update reconciliation.invariants set actual = null, expected = null "
        "where org = 'acme' and family = 'periods'"
    )
    report = validate(outcomes, tmp_path)
    assert report.suites["periods"] is False
    assert {failure.org for failure in report.failures} == {"acme"}


def test_a_missing_invariant_stops_the_run(
    outcomes: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    outcomes.execute(
        "delete from reconciliation.invariants where invariant_id = 'periods.one_a_month'"
    )
    with pytest.raises(WarehouseError, match=r"missing periods\.one_a_month; unknown none"):
        validate(outcomes, tmp_path)


def test_an_invariant_that_nobody_declared_stops_the_run(
    outcomes: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    outcomes.execute(
        "insert into reconciliation.invariants by name select * replace "
        "('weather' as family, 'weather.it_rains' as invariant_id) "
        "from reconciliation.invariants limit 1"
    )
    with pytest.raises(WarehouseError, match=r"unknown weather\.it_rains"):
        validate(outcomes, tmp_path)


def test_a_metric_that_cannot_be_computed_is_an_error_and_no_failed_invariant(
    outcomes: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = frames.to_pandas
    monkeypatch.setattr(frames, "to_pandas", lambda frame: whole(frame).drop(columns="expected"))
    with pytest.raises(WarehouseError, match=r"suite conservation could not compute"):
        validate(outcomes, tmp_path)


def test_a_thousand_failing_organizations_are_all_reported_and_the_docs_stay_readable(
    outcomes: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    outcomes.execute(
        "insert into reconciliation.invariants by name select 'invoicing' as family, "
        "'invoicing.failed_checks_hold' as invariant_id, 'org-' || place as org, "
        "1 as expected, 0 as actual, 'made up' as detail from range(1000) as orgs (place)"
    )
    report = validate(outcomes, tmp_path)
    assert len({failure.org for failure in report.failures}) == 1000
    pages = list(tmp_path.rglob("*-invoicing.html"))
    assert pages
    assert all(page.stat().st_size < 200_000 for page in pages)
    assert "org-1" in pages[0].read_text()
