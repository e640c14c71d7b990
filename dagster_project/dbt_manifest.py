"""The dbt project's manifest: parsed once, prepared for runs, and reused until a file changes."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from dagster_project.dbt_command import TEMPLATE, invoke
from dagster_project.errors import WarehouseError
from dagster_project.hashes import hash_of, project_hash
from dagster_project.settings import TARGET_DIR

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.contracts.graph.nodes import Macro

MANIFEST_FILE = TARGET_DIR / "manifest.json"
_RUN_MANIFEST_FILE = TARGET_DIR / "run_manifest.json"
_PREPARED_FILE = TARGET_DIR / "run_manifest.pickle"
_STAMP_FILE = TARGET_DIR / "manifest.sha256"
_FILES = (MANIFEST_FILE, _RUN_MANIFEST_FILE, _PREPARED_FILE, _STAMP_FILE)

_IS_INCREMENTAL = "macro.dbt.is_incremental"
_ADAPTER = "duckdb"


def manifest_path() -> Path:
    """The parsed manifest, parsed (again) if a file of the project has changed since.

    Raises:
        WarehouseError: the project does not parse.
    """
    stamp = f"{project_hash()} {hash_of([Path(__file__)])} {version('dbt-core')}"
    if not (all(file.exists() for file in _FILES) and _STAMP_FILE.read_text() == stamp):
        TARGET_DIR.mkdir(parents=True, exist_ok=True)
        # apart, then moved: another process may be reading the manifest, or parsing as well
        with TemporaryDirectory(dir=TARGET_DIR, prefix=".parsed-") as name:
            folder = Path(name)
            parse(folder)
            (folder / _STAMP_FILE.name).write_text(stamp)
            for file in _FILES:
                (folder / file.name).replace(file)
        manifest.cache_clear()
        prepared_manifest.cache_clear()
    return MANIFEST_FILE


def run_manifest_path() -> Path:
    """The manifest without tests: they are half of it and run in `make test`."""
    manifest_path()
    return _RUN_MANIFEST_FILE


@cache
def manifest() -> dict[str, Any]:
    """The seeds, models and sources as data; see `run_manifest_path`."""
    content: dict[str, Any] = json.loads(run_manifest_path().read_text())
    return content


@cache
def prepared_manifest() -> Manifest:
    """dbt's own object, for runs: a build that is handed it parses nothing and renders little.

    Its models are rendered already, where the warehouse has no say in what they render to, and of
    the macros those are left that a run can reach.
    """
    run_manifest_path()
    # `manifest_path` of this installation wrote it; JSON takes seven times as long
    loaded: Manifest = pickle.loads(_PREPARED_FILE.read_bytes())  # noqa: S301
    return loaded


def parse(folder: Path) -> None:
    """Parses the project and writes its manifests into a folder: the whole, of runs, and prepared.

    Raises:
        WarehouseError: it does not parse, or its models do not render or depend on themselves.
    """
    from dbt.contracts.graph.manifest import Manifest, WritableManifest

    # relations carry the file's stem as their database; neither command opens the file
    work_file = folder / "cxledger.duckdb"
    result = invoke(["parse", "--no-partial-parse"], work_file, target=folder)
    if not result.success:
        raise WarehouseError(f"the dbt project does not parse: {result.exception}")
    whole = json.loads((folder / MANIFEST_FILE.name).read_text())
    for_runs = folder / _RUN_MANIFEST_FILE.name
    for_runs.write_text(json.dumps(_without_tests(whole)))
    writable = WritableManifest.read_and_check_versions(str(for_runs))
    prepared = Manifest.from_writable_manifest(writable)
    result = invoke(
        ["compile", "--no-introspect", "--no-write-json"],
        work_file,
        target=folder,
        # a copy of its own: dbt notes in it what it compiled
        manifest=Manifest.from_writable_manifest(writable),
    )
    if not result.success:
        raise WarehouseError(f"the dbt project does not compile: {result.exception}")
    compiled = {run.node.unique_id: run.node.compiled_code for run in result.result}
    for node in prepared.nodes.values():
        if node.resource_type == "model" and not (
            _IS_INCREMENTAL in _reached(prepared.macros, node.depends_on.macros)
            or TEMPLATE.search(compiled[node.unique_id])
        ):
            node.raw_code = compiled[node.unique_id]
    prepared.macros = _macros_of_runs(prepared)
    (folder / _PREPARED_FILE.name).write_bytes(pickle.dumps(prepared))


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


def _macros_of_runs(manifest: Manifest) -> dict[str, Macro]:
    """Those that seeds, models and their materializations reach, and that dbt's adapter calls.

    dbt gives each node a namespace of its own with all of them, twice.
    """
    from dbt.adapters.sql import impl

    kinds = {node.config.materialized for node in manifest.nodes.values()}
    called = {
        f"materialization_{kind}_{adapter}" for kind in kinds for adapter in ("default", _ADAPTER)
    }
    called |= {name for constant, name in vars(impl).items() if constant.endswith("_MACRO_NAME")}
    begins = {name for node in manifest.nodes.values() for name in node.depends_on.macros}
    begins |= {name for name, macro in manifest.macros.items() if macro.name in called}
    reached = _reached(manifest.macros, begins)
    return {name: macro for name, macro in manifest.macros.items() if name in reached}


def _reached(macros: Mapping[str, Macro], begins: Iterable[str]) -> set[str]:
    """The macros that these call, and so on, with what any of them may be dispatched to."""
    by_name: dict[str, list[str]] = {}
    for unique_id, macro in macros.items():
        by_name.setdefault(macro.name, []).append(unique_id)
    reached: set[str] = set()
    waiting = list(begins)
    while waiting:
        unique_id = waiting.pop()
        if unique_id not in reached and unique_id in macros:
            reached.add(unique_id)
            waiting += macros[unique_id].depends_on.macros
            for adapter in ("default", _ADAPTER):
                waiting += by_name.get(f"{adapter}__{macros[unique_id].name}", ())
    return reached
