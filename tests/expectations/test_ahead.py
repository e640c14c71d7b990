"""Great Expectations in a process of its own: the same verdict, and nothing left behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dagster_project.errors import WarehouseError
from expectations import ahead, frames, validate
from expectations.ahead import ProverAhead
from expectations.validate import prove


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ProverAhead, subprocess.Popen[bytes]]]:
    """A prover whose process has begun, as in a run that has not imported Great Expectations."""
    monkeypatch.delitem(sys.modules, "great_expectations", raising=False)
    with ProverAhead() as prover:
        monkeypatch.undo()
        process = prover._process
        assert process is not None
        yield prover, process


@pytest.fixture
def differing(outcomes: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Outcomes of which two differ, one of them by a millionth."""
    outcomes.execute(
        "update reconciliation.invariants set actual = actual + 0.000001 "
        "where org = 'acme' and invariant_id = 'telco.charges_add_up_every_cost'"
    )
    outcomes.execute("update reconciliation.invariants set actual = null where family = 'periods'")
    return frames.outcomes(outcomes)


def test_the_process_proves_what_this_one_does(
    begun: tuple[ProverAhead, subprocess.Popen[bytes]],
    differing: pl.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = prove(differing, tmp_path / "here")
    monkeypatch.setattr(validate, "prove", lambda *_: pytest.fail("was proved in this process"))
    prover, process = begun
    assert prover(differing, tmp_path / "there") == expected
    assert process.returncode == 0
    assert len(expected.failures) > 1
    assert (tmp_path / "there/index.html").exists()


def test_a_process_that_was_told_early_has_begun(
    begun: tuple[ProverAhead, subprocess.Popen[bytes]],
    differing: pl.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prover, process = begun
    prover.begin(differing, tmp_path / "there")
    prover.begin(differing.clear(), tmp_path / "elsewhere")
    process.wait()
    assert (tmp_path / "there/index.html").exists()
    assert not (tmp_path / "elsewhere").exists()
    expected = prove(differing, tmp_path / "here")
    monkeypatch.setattr(validate, "prove", lambda *_: pytest.fail("was proved in this process"))
    assert prover(differing.clone(), tmp_path / "there") == expected


def test_what_has_changed_since_is_proved_as_it_is(
    begun: tuple[ProverAhead, subprocess.Popen[bytes]], differing: pl.DataFrame, tmp_path: Path
) -> None:
    holding = differing.filter(pl.col("org").is_null())
    begun[0].begin(holding, tmp_path / "docs")
    assert begun[0](differing, tmp_path / "docs") == prove(differing, tmp_path / "here")
    assert begun[1].returncode is not None


def test_a_process_that_has_begun_ends_with_the_context(
    begun: tuple[ProverAhead, subprocess.Popen[bytes]], differing: pl.DataFrame, tmp_path: Path
) -> None:
    prover, process = begun
    prover.begin(differing, tmp_path)
    prover.__exit__()
    assert process.returncode is not None


def test_its_errors_are_errors_here(
    begun: tuple[ProverAhead, subprocess.Popen[bytes]], differing: pl.DataFrame, tmp_path: Path
) -> None:
    unknown = differing.with_columns(pl.lit("telco.unknown").alias("invariant_id"))
    with pytest.raises(WarehouseError, match=r"unknown telco\.unknown"):
        begun[0](unknown, tmp_path)


def test_a_process_that_was_killed_loses_nothing(
    begun: tuple[ProverAhead, subprocess.Popen[bytes]], differing: pl.DataFrame, tmp_path: Path
) -> None:
    prover, process = begun
    process.kill()
    process.wait()
    assert prover(differing, tmp_path / "again") == prove(differing, tmp_path / "here")


def test_a_process_that_is_not_asked_ends_with_the_context(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "great_expectations", raising=False)
    with ProverAhead() as prover:
        process = prover._process
    assert process is not None
    assert process.returncode is not None


def test_a_process_whose_run_was_killed_ends(tmp_path: Path) -> None:
    request = tmp_path / "nothing"
    request.touch()
    with request.open("rb") as asked, (tmp_path / "answer").open("wb") as answer:
        ahead.main(asked, answer)
    assert (tmp_path / "answer").read_bytes() == b""


def test_there_is_no_process_where_the_library_is_imported(
    differing: pl.DataFrame, tmp_path: Path
) -> None:
    with ProverAhead() as prover:
        assert prover._process is not None or "great_expectations" in sys.modules
        found = prover(differing, tmp_path)
    with ProverAhead() as prover:
        assert prover._process is None
        assert prover(differing, tmp_path) == found
