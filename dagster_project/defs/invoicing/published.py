"""What people see: the published warehouse and the invoice documents."""

import dagster as dg

from dagster_project import dbt_project
from dagster_project.defs.partitions import invoice_months
from dagster_project.defs.resources import DataDirectory
from dagster_project.documents import write_decisions, write_documents
from dagster_project.progress import Progress
from dagster_project.warehouse import (
    POOL,
    forget_news,
    publish,
    published,
    remember_billed,
    work,
)


@dg.asset(
    key=["published", "warehouse"],
    deps=[["books", "invoices"]],
    partitions_def=invoice_months,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="published",
    kinds={"duckdb"},
    pool=POOL,
    description="warehouse/cxledger.duckdb, switched atomically: readers never block a run.",
)
def warehouse(
    data_directory: DataDirectory, progress: dg.ResourceParam[Progress]
) -> dg.MaterializeResult[None]:
    """Publishes the marts and marks what was new as seen."""
    settings = data_directory.settings()
    progress.stage("Publishing")
    with work(settings) as con:
        remember_billed(con)
        rows = publish(settings, con, dbt_project.call_relations())
        forget_news(con)
    return dg.MaterializeResult(
        metadata={name: count for name, count in rows.items() if name.startswith("marts.")}
    )


@dg.asset(
    key=["published", "documents"],
    deps=[["published", "warehouse"]],
    partitions_def=invoice_months,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="published",
    kinds={"typst"},
    description="invoices/<org>/<invoice id>/: PDF, JSON, CSV; decisions/: pay or dispute.",
)
def documents(
    context: dg.AssetExecutionContext,
    data_directory: DataDirectory,
    progress: dg.ResourceParam[Progress],
) -> dg.MaterializeResult[None]:
    """Renders invoices and decisions of the run's scope; unchanged ones are left as they are."""
    settings = data_directory.settings()
    progress.stage("Writing documents")
    with published(settings) as con:
        ids = [
            invoice_id
            for (invoice_id,) in con.execute(
                """
                select invoices.invoice_id
                from marts.invoices
                inner join ops.billed_months as billed using (org, invoice_month)
                where billed.run_id = ?
                order by invoices.invoice_id
                """,
                [context.run_id],
            ).fetchall()
        ]
        months = con.execute(
            "select org, invoice_month from ops.billed_months where run_id = ?", [context.run_id]
        ).fetchall()
        written = write_documents(con, settings.invoices, ids, threads=settings.threads)
        pages = write_decisions(con, settings.decisions, months)
    return dg.MaterializeResult(
        metadata={
            "invoices": len(ids),
            "files_written": len(written),
            "decisions_written": len(pages),
        }
    )
