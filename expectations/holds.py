"""What a failed invariant does: it holds the invoices of its organization, and no other's (INV-4).

The checks `conservation` (REC-5) and `totals` (INV-2) come from here; all others are dbt models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import duckdb

    from expectations.validate import QualityReport

CHECKS = ("conservation", "totals")
_SHOWN = 3
_WHAT_TO_DO = "Run the month again; if it stays, quality/index.html has all figures to report."


def record_verdict(con: duckdb.DuckDBPyConnection, report: QualityReport) -> None:
    """Writes both checks for every period of the scope, and holds the drafts of those that failed.

    A failure without a period of its own fails every period of its organization in the scope.

    Args:
        con: the work file, after the dbt build.
        report: what `validate` found.
    """
    failures = pl.DataFrame(
        [
            {
                "check_name": failure.check,
                "org": failure.org,
                "period_start": failure.period_start,
                "detail": str(failure),
            }
            for failure in report.failures
        ],
        schema={
            "check_name": pl.String,
            "org": pl.String,
            "period_start": pl.Date,
            "detail": pl.String,
        },
    )
    con.register("failed_invariants", failures)
    con.execute(
        "create or replace temp table declared_checks as select unnest(?) as check_name", [CHECKS]
    )
    con.execute(
        f"""
        create or replace temp table verdict as
        select
            declared_checks.check_name,
            scope.org,
            scope.period_start,
            scope.invoice_month,
            count(failed.org) = 0 as passed,
            array_to_string(list(failed.detail order by failed.detail)[:{_SHOWN}], '; ')
            || '. {_WHAT_TO_DO}' as detail
        from intermediate.int_periods__scope as scope
        cross join declared_checks
        left join failed_invariants as failed
            on
                failed.check_name = declared_checks.check_name
                and failed.org = scope.org
                and coalesce(failed.period_start, scope.period_start) = scope.period_start
        group by all
        """
    )
    con.begin()
    con.execute(
        """
        delete from ops.check_results
        where (org, invoice_month, check_name) in (
            select (org, invoice_month, check_name) from verdict
        )
        """
    )
    con.execute(
        """
        insert into ops.check_results by name
        select
            verdict.check_name,
            verdict.org,
            verdict.invoice_month,
            verdict.period_start,
            'error' as severity,
            verdict.passed,
            case when not verdict.passed then verdict.detail end as detail,
            run.run_id
        from verdict cross join ops.run
        """
    )
    con.execute(
        """
        update marts.invoices
        set
            status = 'held',
            hold_reasons = list_sort(
                list_distinct(list_concat(invoices.hold_reasons, failed.checks))
            )
        from (
            select org, invoice_month, list(check_name) as checks
            from verdict where not passed group by org, invoice_month
        ) as failed
        where
            invoices.org = failed.org
            and invoices.invoice_month = failed.invoice_month
            and invoices.invoice_kind = 'period'
            and invoices.status != 'issued'
        """
    )
    con.commit()
    con.unregister("failed_invariants")
