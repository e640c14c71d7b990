"""The job that bills a month, and the schedule that runs it when periods have ended."""

from collections import defaultdict
from collections.abc import Iterator

import dagster as dg

from dagster_project.catalogue import Catalogue
from dagster_project.contracts import load_contracts
from dagster_project.defs.partitions import invoice_months
from dagster_project.defs.resources import DataDirectory
from dagster_project.defs.transform.dbt_models import VIRTUAL
from dagster_project.periods import last_ended_period
from dagster_project.warehouse import published

JOB_NAME = "invoice_run"

invoice_run = dg.define_asset_job(
    JOB_NAME,
    selection=dg.AssetSelection.all() - dg.AssetSelection.kind(VIRTUAL),
    partitions_def=invoice_months,
    executor_def=dg.in_process_executor,
    description="Loads new files, computes, proves, publishes and prints the invoices of a month.",
)


@dg.schedule(
    job=invoice_run,
    cron_schedule="0 6 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Each morning: bills the organizations whose latest period has ended and is not "
    "billed yet. Usage is complete through the day before (PER-6).",
)
def periods_that_ended(
    context: dg.ScheduleEvaluationContext, data_directory: DataDirectory
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """One run per invoice month, for all organizations whose period of that month has ended.

    A day on which nothing ran is made up for: what counts is whether the ended period was billed
    after its end, not whether it ended yesterday.
    """
    settings = data_directory.settings()
    today = context.scheduled_execution_time.date()
    billed = {}
    if settings.published_file.exists():
        with published(settings) as con:
            billed = {
                (org, month): as_of
                for org, month, as_of in con.execute(
                    "select org, invoice_month, as_of from ops.billed_months"
                ).fetchall()
            }
    due = defaultdict(list)
    load = load_contracts(settings, Catalogue.load(settings))
    for org, contract in load.contracts.items():
        ended = last_ended_period(contract.effective_date, today)
        if ended:
            last_day = ended[1]
            month = last_day.replace(day=1)
            if not ((org, month) in billed and billed[org, month] > last_day):
                due[month].append(org)
    if not due:
        yield dg.SkipReason("no organization has a period that has ended and is not billed")
    for month, orgs in sorted(due.items()):
        yield dg.RunRequest(
            run_key=f"{today}:{month}",
            partition_key=month.isoformat(),
            run_config={
                "ops": {"ops__run": {"config": {"orgs": sorted(orgs), "as_of": today.isoformat()}}}
            },
        )
