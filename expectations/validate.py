"""Runs the suites over what reconciliation computed and writes the Data Docs.

Great Expectations is imported inside `prove` only: its import costs seconds that no other command
of the product should wait for.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from dagster_project.errors import WarehouseError
from expectations import frames

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    import duckdb
    from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult
    from great_expectations.data_context.types.base import DataContextConfig

# Failing rows of an invariant that the library sees: it lists them on a page, and takes a minute
# for a thousand. The report holds them all.
_ROWS_SHOWN = 10


@dataclass(frozen=True)
class Failure:
    """An invariant that does not hold for one organization and period.

    Attributes:
        period_start: the period; None for a month of the organization without a period of its own.
        expected: what the invariant's own way of computing gives; None is a failure too.
        actual: what the marts say.
        detail: what was compared, and where to look.
    """

    family: str
    invariant_id: str
    org: str
    period_start: date | None
    expected: Decimal | None
    actual: Decimal | None
    detail: str

    @property
    def check(self) -> str:
        """The check of the rulebook that fails with it: REC-5 is `conservation`, all else INV-2."""
        return "conservation" if self.family == "conservation" else "totals"

    def __str__(self) -> str:
        """One line for a person."""
        period = f", period {self.period_start}" if self.period_start else ""
        return (
            f"{self.org}{period}: {self.invariant_id} expected {_figure(self.expected)}, "
            f"got {_figure(self.actual)} ({self.detail})"
        )


@dataclass(frozen=True)
class QualityReport:
    """What the suites found.

    Attributes:
        suites: whether each family's suite succeeded.
        invariants: how many invariants were asserted.
        outcomes: how many pairs of figures were compared, over all organizations and periods.
        failures: every pair that differs.
    """

    suites: Mapping[str, bool]
    invariants: int
    outcomes: int
    failures: tuple[Failure, ...]

    @property
    def success(self) -> bool:
        """Whether every invariant holds for every organization."""
        return all(self.suites.values())


class Prover:
    """Runs the suites over what reconciliation found, in this process and when it is asked."""

    def begin(self, outcomes: pl.DataFrame, docs_dir: Path) -> None:
        """Is told what it is going to be asked, once that is known; this one does not begin."""

    def __call__(self, outcomes: pl.DataFrame, docs_dir: Path) -> QualityReport:
        """As `prove`."""
        return prove(outcomes, docs_dir)


def validate(
    con: duckdb.DuckDBPyConnection, docs_dir: Path, prover: Prover | None = None
) -> QualityReport:
    """Asserts that the declared invariants are computed, all of them, and that each holds.

    Args:
        con: a connection to the work file, after `reconciliation.invariants` was built.
        docs_dir: the folder of the Data Docs; what is in it is replaced.
        prover: who asserts it; this process if None.

    Returns:
        The failures of each organization and period. A failed invariant is a result, no error.

    Raises:
        WarehouseError: an expectation could not be computed, or reconciliation computes other
            invariants than the suites declare: then nothing is proved for anybody.
    """
    return (prover or Prover())(frames.outcomes(con), docs_dir)


def prove(outcomes: pl.DataFrame, docs_dir: Path) -> QualityReport:
    """Runs the suites over what reconciliation found, in this process.

    Args:
        outcomes: see `frames.outcomes`.
        docs_dir: as for `validate`; so are the results and errors.
    """
    from expectations.suites import load

    suites = load()
    from expectations.invariants import declared

    results = _run(suites, outcomes, docs_dir)
    for result in results.values():
        _raise_for_broken_metrics(result)
    register = {invariant_id for suite in suites for invariant_id in declared(suite)}
    _raise_for_the_register(register, set(outcomes["invariant_id"]))
    report = QualityReport(
        suites={family: bool(result.success) for family, result in results.items()},
        invariants=len(register),
        outcomes=int(outcomes["outcomes"].sum()),
        failures=_failures(outcomes),
    )
    if report.success != (not report.failures):
        raise WarehouseError(
            f"Great Expectations and the outcomes disagree on what failed: compare "
            f"{docs_dir / 'index.html'} with reconciliation.invariants"
        )
    return report


def _run(
    suites: Sequence[ExpectationSuite],
    outcomes: pl.DataFrame,
    docs_dir: Path,
) -> dict[str, ExpectationSuiteValidationResult]:
    """Validates each family's outcomes in a context that lives no longer, writes the Data Docs."""
    import great_expectations as gx

    shutil.rmtree(docs_dir, ignore_errors=True)
    context = gx.get_context(mode="ephemeral", project_config=_context_config(docs_dir))
    source = context.data_sources.add_pandas("reconciliation")
    results = {}
    for suite in suites:
        batch = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("run")
        definition = gx.ValidationDefinition(
            name=suite.name, data=batch, suite=context.suites.add(suite)
        )
        family = outcomes.filter(pl.col("family") == suite.name)
        results[suite.name] = context.validation_definitions.add(definition).run(
            batch_parameters={"dataframe": frames.to_pandas(_shown(family))},
            result_format=_result_format(family),
        )
    context.build_data_docs()
    return results


def _result_format(family: pl.DataFrame) -> dict[str, Any]:
    """Which rows differ, and how many, is counted only where some do: it is most of the work."""
    if family.get_column("org").null_count() == family.height:
        return {"result_format": "BOOLEAN_ONLY"}
    return {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": ["org", "period_start", "detail"],
    }


def _shown(family: pl.DataFrame) -> pl.DataFrame:
    """Enough failing rows of each invariant for its verdict and for a page that can be read."""
    place = pl.int_range(pl.len()).over("invariant_id")
    return family.filter(pl.col("org").is_null() | (place < _ROWS_SHOWN))


def _context_config(docs_dir: Path) -> DataContextConfig:
    """Everything in memory but the Data Docs; silent on the terminal and towards the network."""
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
    )

    return DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars={"globally": False},
        data_docs_sites={
            "quality": {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                # a page of a suite would say no more than the page of its results
                "site_section_builders": {"expectations": "none", "profiling": "none"},
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": str(docs_dir),
                },
            }
        },
    )


def _raise_for_broken_metrics(
    result: ExpectationSuiteValidationResult,
) -> None:
    """A metric that raised shows as an unsuccessful expectation: no verdict on the figures."""
    for outcome in result.results:
        # one record, or one a metric
        information = outcome.exception_info or {}
        records = [information] if "raised_exception" in information else information.values()
        for record in records:
            if record["raised_exception"]:
                raise WarehouseError(
                    f"suite {result.suite_name} could not compute "
                    f"{outcome.expectation_config.type}: {record['exception_message']}"
                )


def _raise_for_the_register(declared_ids: set[str], found_ids: set[str]) -> None:
    missing, unknown = sorted(declared_ids - found_ids), sorted(found_ids - declared_ids)
    if missing or unknown:
        raise WarehouseError(
            "reconciliation.invariants is not what expectations/suites declares: "
            f"missing {', '.join(missing) or 'none'}; unknown {', '.join(unknown) or 'none'}. "
            "Build the dbt project anew, or declare them"
        )


def _failures(outcomes: pl.DataFrame) -> tuple[Failure, ...]:
    rows = outcomes.filter(pl.col("org").is_not_null())
    return tuple(Failure(**row) for row in rows.drop("outcomes").iter_rows(named=True))


def _figure(value: Decimal | None) -> str:
    return "nothing" if value is None else f"{value.normalize():f}"
