"""Where a draft becomes an invoice: the one asset that writes into the book of invoices."""

import dagster as dg

from dagster_project.defs.partitions import invoice_months
from dagster_project.defs.resources import DataDirectory
from dagster_project.issuing import issue_drafts
from dagster_project.progress import Progress
from dagster_project.warehouse import POOL, work


@dg.asset(
    key=["books", "invoices"],
    deps=[["quality", "verdict"]],
    partitions_def=invoice_months,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="published",
    kinds={"json"},
    pool=POOL,
    description="books/invoices.jsonl: the issued invoices, append-only. A run adds to it only "
    "with `issue: true` in its request.",
)
def issued_invoices(
    context: dg.AssetExecutionContext,
    data_directory: DataDirectory,
    progress: dg.ResourceParam[Progress],
) -> dg.MaterializeResult[None]:
    """Issues the closed, unheld drafts of the request, if it says so (INV-7)."""
    settings = data_directory.settings()
    progress.stage("Issuing")
    with work(settings) as con:
        numbers = issue_drafts(settings, con, context.run_id)
    return dg.MaterializeResult(metadata={"issued": len(numbers), "numbers": ", ".join(numbers)})
