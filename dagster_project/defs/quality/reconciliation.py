"""The proof: invariants computed in SQL, asserted by Great Expectations, held by organization."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.defs.partitions import invoice_months
from dagster_project.defs.resources import DataDirectory
from dagster_project.progress import Progress
from dagster_project.warehouse import POOL, work
from expectations.holds import record_verdict
from expectations.suites import FAMILIES
from expectations.validate import Prover, validate

_INVARIANTS = dg.AssetKey(["reconciliation", "invariants"])


@dg.asset(
    key=["quality", "verdict"],
    deps=[_INVARIANTS, dg.AssetKey(["marts", "invoices"]), dg.AssetKey(["ops", "check_results"])],
    check_specs=[
        dg.AssetCheckSpec(
            family,
            asset=dg.AssetKey(["quality", "verdict"]),
            description=f"Every declared invariant of {family} was computed and holds.",
        )
        for family in FAMILIES
    ],
    partitions_def=invoice_months,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="quality",
    kinds={"greatexpectations"},
    pool=POOL,
    description="Great Expectations over reconciliation.invariants; Data Docs under quality/. A "
    "failed invariant holds the invoices of its organization and no other's (INV-4).",
)
def verdict(
    data_directory: DataDirectory,
    progress: dg.ResourceParam[Progress],
    prover: dg.ResourceParam[Prover],
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Validates, records the checks `conservation` and `totals`, and holds what failed."""
    settings = data_directory.settings()
    progress.stage("Proving")
    with work(settings) as con:
        report = validate(con, settings.quality, prover)
        record_verdict(con, report)
    for family in FAMILIES:
        failures = [failure for failure in report.failures if failure.family == family]
        yield dg.AssetCheckResult(
            check_name=family,
            passed=report.suites[family] and not failures,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={
                "failures": dg.MetadataValue.md(
                    "\n".join(f"- {failure}" for failure in failures[:20]) or "none"
                )
            },
        )
    yield dg.MaterializeResult(
        metadata={
            "invariants": report.invariants,
            "data_docs": dg.MetadataValue.path(str(settings.quality / "index.html")),
        }
    )
