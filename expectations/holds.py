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

    A failure without a period of its own fails every period of its organization in the scope. One
    of an issued period holds the invoice that would carry its adjustments.

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
        """
        create or replace temp table failures_of_periods as
        with failed as (
            select failed.check_name, failed.org, scope.period_start, failed.detail
            from failed_invariants as failed
            inner join intermediate.int_periods__scope as scope
                on
                    failed.org = scope.org
                    and coalesce(failed.period_start, scope.period_start) = scope.period_start
        )
        from failed
        union
        -- an issued invoice is held no more: the one that would carry its adjustments is
        select failed.check_name, failed.org, carriers.carrier_key, failed.detail
        from failed
        inner join ops.issued_invoices as issued
            on
                failed.org = issued.org
                and failed.period_start = issued.period_start
                and issued.invoice_kind = 'period'
        inner join intermediate.int_invoicing__carriers as carriers using (invoice_id)
        """
    )
    con.execute(
        f"""
        create or replace temp table verdict as
        select
            declared_checks.check_name,
            scope.org,
            scope.period_start,
            scope.invoice_month,
            case
                when
                    exists (
                        select 1 from marts.invoices
                        where
                            invoices.org = scope.org
                            and invoices.period_start = scope.period_start
                            and invoices.invoice_kind = 'period'
                            and invoices.status = 'issued'
                    )
                    and not exists (
                        select 1 from marts.invoices
                        where
                            invoices.org = scope.org
                            and invoices.period_start = scope.period_start
                            and invoices.invoice_kind = 'correction'
                            and invoices.status <> 'issued'
                    )
                    then 'warn'
                else 'error'
            end as severity_of_failure,
            count(failed.org) = 0 as passed,
            array_to_string(list(failed.detail order by failed.detail)[:{_SHOWN}], '; ')
            || '. {_WHAT_TO_DO}' as detail
        from intermediate.int_periods__scope as scope
        cross join declared_checks
        left join failures_of_periods as failed
            on
                failed.check_name = declared_checks.check_name
                and failed.org = scope.org
                and failed.period_start = scope.period_start
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
            case when verdict.passed then 'error' else verdict.severity_of_failure end as severity,
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
            and invoices.invoice_kind in ('period', 'correction')
            and invoices.status != 'issued'
        """
    )
    con.commit()
    con.unregister("failed_invariants")
