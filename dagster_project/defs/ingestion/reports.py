"""The usage reports: each new file of the landing becomes typed rows, rejects and a ledger row."""

from collections import defaultdict
from collections.abc import Iterator

import dagster as dg

from dagster_project import dbt_project, landing
from dagster_project.catalogue import Catalogue
from dagster_project.defs.resources import DataDirectory
from dagster_project.genesys.registry import REPORTS
from dagster_project.progress import Progress
from dagster_project.pruning import refresh_pruned
from dagster_project.warehouse import POOL, work


@dg.multi_asset(
    name="reports",
    specs=[
        dg.AssetSpec(
            ["genesys", report],
            deps=["reference"],
            group_name="ingestion",
            kinds={"polars", "duckdb"},
            description=dbt_project.source_description("genesys", report),
        )
        for report in REPORTS
    ],
    pool=POOL,
)
def reports(
    context: dg.AssetExecutionContext,
    data_directory: DataDirectory,
    progress: dg.ResourceParam[Progress],
    hasher: dg.ResourceParam[landing.Hasher],
) -> Iterator[dg.MaterializeResult[None]]:
    """Loads the files that the ledger does not know; all others are passed over unread."""
    settings = data_directory.settings()
    aliases = Catalogue.load(settings).column_aliases()
    by_report = defaultdict(list)
    for landed in landing.discover(settings):
        by_report[landed.report].append(landed)
    progress.stage("Loading files", sum(len(files) for files in by_report.values()))
    with work(settings) as con:
        for report in REPORTS:
            summary = landing.load_report(
                settings,
                con,
                report,
                by_report[report],
                aliases,
                hasher=hasher,
                on_progress=lambda landed: progress.step(landed.path.name),
            )
            if summary.files_rejected or summary.rows_rejected:
                context.log.warning(
                    f"{report}: {summary.rows_rejected} rows and {summary.files_rejected} whole "
                    "files rejected; see ops.rejected_rows and ops.files"
                )
            yield dg.MaterializeResult(
                asset_key=["genesys", report],
                metadata={
                    "dagster/row_count": summary.rows_loaded,
                    "files_new": summary.files_new,
                    "rows_rejected": summary.rows_rejected,
                    "rows_duplicate": summary.rows_duplicate,
                },
            )
        landing.refresh_received_ranks(con)
        landing.refresh_calls_view(con)
        landing.refresh_accepted(settings, con)
        refresh_pruned(settings, con)
