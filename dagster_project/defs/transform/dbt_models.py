"""The dbt project as assets: one build for all organizations and months of the run."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any
from warnings import catch_warnings

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets

from dagster_project import dbt_project
from dagster_project.dbt_manifest import run_manifest_path
from dagster_project.defs.partitions import invoice_months
from dagster_project.defs.resources import DataDirectory
from dagster_project.progress import Progress
from dagster_project.pruning import reaching_into_pruned
from dagster_project.settings import DBT_DIR
from dagster_project.warehouse import POOL, count_superseded_calls, work
from expectations import frames
from expectations.validate import Prover

_log = logging.getLogger(__name__)

VIRTUAL = "virtual"
"""The kind of the assets that no run materializes: jobs leave them out."""


class HouseTranslator(DagsterDbtTranslator):
    """Names assets as the house does: sources by their loader, groups by family.

    Only what outlives a run is materialized: seeds, history and published tables. A view, and an
    intermediate table that every run makes anew, is virtual: Dagster sees through it to what it is
    computed from, no job names it, and a run does not write events of it into the history.
    """

    def __init__(self, settings: DagsterDbtTranslatorSettings) -> None:
        super().__init__(settings)
        self._specs: dict[tuple[str, DbtProject | None], dg.AssetSpec] = {}

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """The default spec with our group; a source is the asset that loads it."""
        # asked for each node again for each of its children
        if (unique_id, project) not in self._specs:
            self._specs[unique_id, project] = self._asset_spec(manifest, unique_id, project)
        return self._specs[unique_id, project]

    def _asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        if unique_id.startswith("source."):
            source = manifest["sources"][unique_id]
            return spec.replace_attributes(key=_source_key(source))
        node = manifest["nodes"][unique_id]
        folder = node["fqn"][1:-1]
        group = folder[-1] if folder and folder[0] == "intermediate" else node["schema"]
        if dbt_project.is_kept(node):
            return spec.replace_attributes(group_name=group)
        with catch_warnings(category=dg.PreviewWarning, action="ignore"):
            return spec.replace_attributes(
                group_name=group, is_virtual=True, kinds={*spec.kinds, VIRTUAL}
            )


def _source_key(source: Mapping[str, Any]) -> dg.AssetKey:
    match source["source_name"]:
        case "genesys":
            return dg.AssetKey(["genesys", source["name"]])
        case "ops":
            return dg.AssetKey(["ops", "run"])
        case name:
            return dg.AssetKey(name)


@dbt_assets(
    manifest=run_manifest_path(),
    project=DbtProject(DBT_DIR),
    name="dbt_models",
    partitions_def=invoice_months,
    backfill_policy=dg.BackfillPolicy.single_run(),
    dagster_dbt_translator=HouseTranslator(
        # the tests of the marts run in `make test`; a run is proved by the reconciliation
        DagsterDbtTranslatorSettings(
            enable_asset_checks=False, enable_duplicate_source_asset_keys=True
        )
    ),
    pool=POOL,
)
def dbt_models(
    context: dg.AssetExecutionContext,
    data_directory: DataDirectory,
    progress: dg.ResourceParam[Progress],
    prover: dg.ResourceParam[Prover],
) -> Iterator[dg.MaterializeResult[None]]:
    """Builds what changed: seeds and views when the project did, tables whose input there is."""
    settings = data_directory.settings()
    nodes = dbt_project.ordered_nodes()
    with work(settings) as con:
        unbuilt = dbt_project.unbuilt(con)
        if "project" in unbuilt:
            dbt_project.forget_by_version(con)
        is_first = not con.execute("select 1 from ops.billed_months limit 1").fetchall()
        is_without_vendor = not con.execute(
            "select 1 from ops.files where report = 'vendor_invoice' limit 1"
        ).fetchall()
    if "seeds" in unbuilt:
        progress.stage("Loading the catalogue")
        dbt_project.build(settings, ["seed"])
    selection = ["run"]
    if "project" not in unbuilt:
        selection += ["--exclude", "config.materialized:view"]
        # as the blank warehouse has them: empty
        selection += dbt_project.OF_THE_VENDOR if is_without_vendor else ()
    progress.stage("Computing", len(nodes))
    results = dbt_project.build(
        settings, selection, on_node=lambda node: progress.step(node.unique_id.split(".")[-1])
    )
    seconds = {result.unique_id: result.seconds for result in results}
    with work(settings) as con:
        # another core proves what was built while this one writes it down
        prover.begin(frames.outcomes(con), settings.quality)
        count_superseded_calls(con)
        # (else the file does it when it is closed, and everybody waits)
        con.execute("checkpoint")
        dbt_project.remember_built(con)
        for path, month in reaching_into_pruned(con):
            _log.warning(
                "%s has rows of %s, which is settled and pruned: they are kept and not billed.",
                path,
                month,
            )
        rows = dict(
            con.execute(
                "select schema_name || '.' || table_name, estimated_size from duckdb_tables()"
            ).fetchall()
        )
    graph = context.job_def.asset_layer.asset_graph
    for node in nodes:
        # the catalogue came with the blank warehouse: the first run says so
        if not dbt_project.is_kept(node) or (node["unique_id"] not in seconds and not is_first):
            continue
        relation = f"{node['schema']}.{node['name']}"
        metadata: dict[str, Any] = {"seconds": round(seconds.get(node["unique_id"], 0.0), 3)}
        if relation in rows:
            metadata["dagster/row_count"] = rows[relation]
        key = dg.AssetKey([node["schema"], node["name"]])
        if graph.get(key).child_keys - context.assets_def.keys:
            yield dg.MaterializeResult(asset_key=key, metadata=metadata)
        else:
            # an output that no other step waits for would only look up its parents' versions
            for month in context.partition_keys:
                context.log_event(dg.AssetMaterialization(key, metadata=metadata, partition=month))
