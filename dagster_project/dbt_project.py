"""The dbt project: where it is, its manifest, and one build of it inside this process.

A dbt command line takes five seconds to start; a `dbtRunner` that is handed a parsed manifest takes
a third of one. The manifest is parsed once and reused until a file of the project changes.
"""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from dagster_project.errors import WarehouseError
from dagster_project.settings import DBT_DIR, PACKAGE_DIR, PROJECT_DIR, SEEDS_DIR

if TYPE_CHECKING:
    import duckdb

    from dagster_project.settings import Settings

TARGET_DIR = DBT_DIR / "target"
MANIFEST_FILE = TARGET_DIR / "manifest.json"
_RUN_MANIFEST_FILE = TARGET_DIR / "run_manifest.json"
_LOADED_FILE = TARGET_DIR / "run_manifest.pickle"
_STAMP_FILE = TARGET_DIR / "manifest.sha256"

_RATED_CALLS = "model.cxledger.rated_calls"

OF_THE_VENDOR = ("intermediate.vendor", "intermediate.causes")
"""Folders of models whose rows all come of a vendor's invoice: a quarter of what a run makes."""

# a debug log of 70,000 lines a run, and listing what is in the file, are half of a small build;
# what fails is in the results
_QUIETLY = (
    "--log-level",
    "none",
    "--no-write-json",
    "--log-level-file",
    "none",
    "--cache-selected-only",
)
_SOURCES = (
    "dbt_project.yml",
    "profiles.yml",
    "models",
    "macros",
    "materializations",
    "seeds",
    "tests",
)


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


def manifest_path() -> Path:
    """The parsed manifest, parsed (again) if a file of the project has changed since.

    Raises:
        WarehouseError: the project does not parse.
    """
    stamp = f"{project_hash()} {version('dbt-core')}"
    files = (MANIFEST_FILE, _RUN_MANIFEST_FILE, _LOADED_FILE, _STAMP_FILE)
    if not (all(file.exists() for file in files) and _STAMP_FILE.read_text() == stamp):
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest, WritableManifest

        TARGET_DIR.mkdir(parents=True, exist_ok=True)
        # apart, then moved: another process may be reading the manifest, or parsing as well
        with (
            TemporaryDirectory(dir=TARGET_DIR, prefix=".parsed-") as parsed,
            # relations carry the file's stem as their database; parsing does not open the file
            _environment({"CXLEDGER_WORK_FILE": str(TARGET_DIR / "cxledger.duckdb")}),
        ):
            result = dbtRunner().invoke(
                ["parse", "--quiet", "--no-partial-parse", *_directories(parsed)]
            )
            if not result.success:
                raise WarehouseError(f"the dbt project does not parse: {result.exception}")
            whole = Path(parsed) / MANIFEST_FILE.name
            for_runs = Path(parsed) / _RUN_MANIFEST_FILE.name
            for_runs.write_text(json.dumps(_without_tests(json.loads(whole.read_text()))))
            writable = WritableManifest.read_and_check_versions(str(for_runs))
            loaded = Path(parsed) / _LOADED_FILE.name
            loaded.write_bytes(pickle.dumps(Manifest.from_writable_manifest(writable)))
            unfinished = Path(parsed) / _STAMP_FILE.name
            unfinished.write_text(stamp)
            for file, place in zip((whole, for_runs, loaded, unfinished), files, strict=True):
                file.replace(place)
        manifest.cache_clear()
    return MANIFEST_FILE


def run_manifest_path() -> Path:
    """The manifest without tests: what a run loads; they are half of it and run in `make test`."""
    manifest_path()
    return _RUN_MANIFEST_FILE


@cache
def manifest() -> dict[str, Any]:
    """The seeds, models and sources as data; see `run_manifest_path`."""
    content: dict[str, Any] = json.loads(run_manifest_path().read_text())
    return content


def _without_tests(whole: dict[str, Any]) -> dict[str, Any]:
    tests = {name for name, node in whole["nodes"].items() if node["resource_type"] == "test"}
    tests |= set(whole["unit_tests"])
    nodes = {name: node for name, node in whole["nodes"].items() if name not in tests}
    graph = {
        side: {
            name: [other for other in others if other not in tests]
            for name, others in whole[side].items()
            if name not in tests
        }
        for side in ("parent_map", "child_map")
    }
    return {**whole, "nodes": nodes, "unit_tests": {}, **graph}


def seeds_hash() -> str:
    """Of the shipped catalogue: seeds are loaded again only when it changes."""
    return _hash(sorted(SEEDS_DIR.iterdir()))


@cache
def rules_hash() -> str:
    """Of all that decides what an invoice says, the shipped catalogue apart."""
    files = [file for file in _project_files() if SEEDS_DIR not in file.parents]
    files += sorted(PACKAGE_DIR.rglob("*.py"))
    return _hash(files)


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
    """Runs one dbt command on the working file and closes dbt's connection behind it.

    Args:
        settings: names the working file and its memory limit.
        arguments: `seed` or `run` and its selection; tests are not in the manifest that it reads.
        on_node: called after each node, for progress.

    Returns:
        One result per node, in the order of execution.

    Raises:
        WarehouseError: a node failed with an error.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt_common.behavior_flags import BehaviorFlagRendered
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    # for a name that nothing shows, dbt reads the source of all that called it: 0.4 s a build
    BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt")  # type: ignore[method-assign]
    results: list[NodeResult] = []

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

    runner = dbtRunner(manifest=loaded_manifest(), callbacks=[listen])
    ctx_set_event_manager(without_debug_events())
    with _environment(
        {
            "CXLEDGER_WORK_FILE": str(settings.work_file),
            "CXLEDGER_THREADS": str(settings.threads),
            "CXLEDGER_MEMORY_LIMIT": f"{settings.memory_limit}B",
            "CXLEDGER_SPILL": str(settings.spill),
        }
    ):
        try:
            outcome = runner.invoke([*arguments, *_QUIETLY, *_directories()])
        finally:
            # dbt keeps its connection for the life of the process; nobody else could open the file
            DuckDBConnectionManager.close_all_connections()
    if outcome.result is not None:
        results = [
            NodeResult(
                unique_id=run.node.unique_id,
                status=str(run.status),
                message=str(run.message or ""),
                seconds=run.execution_time,
            )
            for run in outcome.result
        ]
    errors = [result for result in results if result.status == "error"]
    if errors or (not outcome.success and outcome.result is None):
        shown = "; ".join(f"{error.unique_id}: {error.message}" for error in errors[:3])
        raise WarehouseError(f"dbt {arguments[0]} failed: {shown or outcome.exception}")
    return results


@cache
def without_debug_events() -> Any:
    """dbt's event manager, for a log that nobody keeps: 2,000 events of a small build are debug."""
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.event_manager import EventManager

    class WithoutDebugEvents(EventManager):
        def fire_event(self, e: Any, level: Any = None, *options: Any, **more: Any) -> None:
            if (level or e.level_tag()) != EventLevel.DEBUG:
                super().fire_event(e, level, *options, **more)

    return WithoutDebugEvents()


@cache
def loaded_manifest() -> Any:
    """dbt's own manifest object: a build that is handed it parses nothing."""
    run_manifest_path()
    # `manifest_path` of this installation wrote it; JSON takes seven times as long
    return pickle.loads(_LOADED_FILE.read_bytes())  # noqa: S301


def _directories(target: str = str(TARGET_DIR)) -> list[str]:
    return [
        "--project-dir",
        str(DBT_DIR),
        "--profiles-dir",
        str(DBT_DIR),
        "--target-path",
        target,
    ]


def project_hash() -> str:
    """Of every file that decides what dbt builds."""
    return _hash(_project_files())


def _project_files() -> list[Path]:
    files: list[Path] = []
    for name in _SOURCES:
        path = DBT_DIR / name
        files.extend(
            [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        )
    return files


def _hash(files: Sequence[Path]) -> str:
    digest = sha256()
    for file in files:
        digest.update(str(file.relative_to(PROJECT_DIR)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """dbt's profile reads its path from the environment; set only while dbt runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
