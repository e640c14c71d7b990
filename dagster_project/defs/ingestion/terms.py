"""What the landed rows are read with: the user's catalogue rows and the contracts."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.blank import begin_with_blank
from dagster_project.catalogue import Catalogue, write_reference
from dagster_project.contracts import load_contracts, write_contracts
from dagster_project.defs.resources import DataDirectory
from dagster_project.progress import Progress
from dagster_project.warehouse import POOL, work


@dg.multi_asset(
    name="terms",
    specs=[
        dg.AssetSpec(
            "reference",
            group_name="ingestion",
            kinds={"csv", "duckdb"},
            description="reference/*.csv: the user's rows over the shipped catalogue.",
        ),
        dg.AssetSpec(
            "contracts",
            deps=["reference"],
            group_name="ingestion",
            kinds={"yaml", "duckdb"},
            description="contracts/<org>.yml, validated and cut into versions (CON-14). A wrong "
            "file stops its organization only.",
        ),
    ],
    pool=POOL,
)
def terms(
    context: dg.AssetExecutionContext,
    data_directory: DataDirectory,
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.MaterializeResult[None]]:
    """Loads both; a contract that does not load is reported and its organization left out."""
    settings = data_directory.settings()
    begin_with_blank(settings, progress)
    progress.stage("Reading contracts")
    catalogue = Catalogue.load(settings)
    load = load_contracts(settings, catalogue)
    with work(settings) as con:
        write_reference(con, catalogue)
        write_contracts(con, load)
        con.execute("delete from ops.contract_errors")
        for org, message in load.errors.items():
            context.log.error(message)
            con.execute("insert into ops.contract_errors values (?, ?)", [org, message])
    yield dg.MaterializeResult(asset_key="reference")
    yield dg.MaterializeResult(
        asset_key="contracts",
        metadata={
            "dagster/row_count": len(load.contracts),
            "errors": dg.MetadataValue.md("\n".join(load.errors.values()) or "none"),
        },
    )
