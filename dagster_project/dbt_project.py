"""The dbt project: its nodes, what of it a working file was built from, and one build of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dagster_project.dbt_command import invoke
from dagster_project.dbt_manifest import manifest, prepared_manifest
from dagster_project.errors import WarehouseError
from dagster_project.hashes import project_hash, seeds_hash

if TYPE_CHECKING:
    import duckdb

    from dagster_project.settings import Settings

_RATED_CALLS = "model.cxledger.rated_calls"

OF_THE_VENDOR = ("intermediate.vendor", "intermediate.causes")
"""Folders of models whose rows all come of a vendor's invoice: a quarter of what a run makes."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one node of a build.

    Attributes:
        unique_id: dbt's id, e.g. `model.cxledger.invoices`.
        status: success, error or skipped.
        message: dbt's own words.
        seconds: how long it took.
    """

    unique_id: str
    status: str
    message: str
    seconds: float


def unbuilt(con: duckdb.DuckDBPyConnection) -> set[str]:
    """What of the project (`seeds`, `project`) is not yet in the working file as it is now."""
    built = dict(con.execute("select part, sha256 from ops.built").fetchall())
    return {part for part, sha256 in _current().items() if built.get(part) != sha256}


def forget_by_version(con: duckdb.DuckDBPyConnection) -> None:
    """Drops what a run keeps of calls for the next one, where another version computed it.

    It is all in the calls' files; marts keep their history, which no version changes (INV-3).
    """
    for node in manifest()["nodes"].values():
        if node["config"].get("meta", {}).get("is_rebuilt_by_version"):
            con.execute(f"drop table if exists {node['schema']}.{node['name']}")
    con.execute("delete from ops.kept_months")


def remember_built(con: duckdb.DuckDBPyConnection) -> None:
    """Notes in ops.built what the working file was built from."""
    con.executemany("insert or replace into ops.built values (?, ?)", list(_current().items()))


def _current() -> dict[str, str]:
    return {"seeds": seeds_hash(), "project": project_hash()}


def call_relations() -> list[str]:
    """`schema.name` of what `marts.rated_calls` is computed from, in the order of dependence."""
    nodes = {**manifest()["nodes"], **manifest()["sources"]}
    return [
        f"{nodes[node]['schema']}.{nodes[node]['name']}"
        for node in _in_order_of_dependence([_RATED_CALLS])
        if node != _RATED_CALLS
    ]


def ordered_nodes() -> list[dict[str, Any]]:
    """All seeds and models of the manifest, each after what it is computed from."""
    nodes = manifest()["nodes"]
    built = [node for node in nodes if nodes[node]["resource_type"] in {"model", "seed"}]
    return [nodes[node] for node in _in_order_of_dependence(built) if node in nodes]


def is_kept(node: Mapping[str, Any]) -> bool:
    """Whether what a node makes outlives the run: no view, and no table that each run makes anew.

    Args:
        node: a seed or model of the manifest.
    """
    materialized = node["config"]["materialized"]
    is_scratch = materialized == "table" and node["schema"] == "intermediate"
    return materialized != "view" and not is_scratch


def source_description(schema: str, table: str) -> str:
    """What the dbt project says of a table that Python loads."""
    text: str = manifest()["sources"][f"source.cxledger.{schema}.{table}"]["description"]
    return text


def _in_order_of_dependence(unique_ids: Sequence[str]) -> list[str]:
    parents = manifest()["parent_map"]
    ordered: dict[str, None] = {}

    def visit(node: str) -> None:
        if node not in ordered:
            for parent in parents.get(node, []):
                visit(parent)
            ordered[node] = None

    for unique_id in unique_ids:
        visit(unique_id)
    return list(ordered)


def build(
    settings: Settings,
    arguments: Sequence[str],
    on_node: Callable[[NodeResult], None] | None = None,
) -> list[NodeResult]:
    """Runs one dbt command on the working file.

    Args:
        settings: names the working file and its memory limit.
        arguments: `seed` or `run` and its selection; tests are not in the manifest that it reads.
        on_node: called after each node, for progress.

    Returns:
        One result per node, in the order of execution.

    Raises:
        WarehouseError: a node failed with an error.
    """

    def listen(event: Any) -> None:
        if on_node and event.info.name in {"LogModelResult", "LogSeedResult"}:
            data = event.data
            on_node(
                NodeResult(
                    unique_id=data.node_info.unique_id,
                    status=str(data.status),
                    message=event.info.msg,
                    seconds=data.execution_time,
                )
            )

    outcome = invoke(
        arguments,
        settings.work_file,
        manifest=prepared_manifest(),
        is_prepared=True,
        environment={
            "CXLEDGER_THREADS": str(settings.threads),
            "CXLEDGER_MEMORY_LIMIT": f"{settings.memory_limit}B",
            "CXLEDGER_SPILL": str(settings.spill),
        },
        on_event=listen,
    )
    results = [
        NodeResult(
            unique_id=run.node.unique_id,
            status=str(run.status),
            message=str(run.message or ""),
            seconds=run.execution_time,
        )
        for run in outcome.result or ()
    ]
    errors = [result for result in results if result.status == "error"]
    if errors or (not outcome.success and outcome.result is None):
        shown = "; ".join(f"{error.unique_id}: {error.message}" for error in errors[:3])
        raise WarehouseError(f"dbt {arguments[0]} failed: {shown or outcome.exception}")
    return results
