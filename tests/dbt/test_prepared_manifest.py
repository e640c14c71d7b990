"""What a run hands to dbt: the project as it is, rendered before, and dbt as it was after it."""

from __future__ import annotations

import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from dbt.compilation import Linker
from dbt.contracts.graph.manifest import Manifest, WritableManifest
from dbt_common.clients import agate_helper
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import DebugLevel

from dagster_project import dbt_command
from dagster_project.dbt_command import invoke
from dagster_project.dbt_manifest import parse, prepared_manifest, run_manifest_path
from dagster_project.errors import WarehouseError
from dagster_project.replacing import replaced
from dagster_project.settings import DBT_DIR

_LOOKS = "model.cxledger.int_telco__superseded_calls"


@pytest.fixture(scope="module")
def prepared() -> Manifest:
    # a copy: dbt notes in it what it compiled
    return deepcopy(prepared_manifest())


def _compiled(manifest: Manifest, folder: Path) -> dict[str, str]:
    outcome = invoke(
        ["compile", "--no-introspect"],
        folder / "cxledger.duckdb",
        target=folder,
        manifest=manifest,
        is_prepared=True,
    )
    assert outcome.success, outcome.exception
    return {run.node.unique_id: run.node.compiled_code for run in outcome.result}


def test_it_renders_to_what_the_project_renders_to(prepared: Manifest, tmp_path: Path) -> None:
    parsed = WritableManifest.read_and_check_versions(str(run_manifest_path()))
    whole = _compiled(Manifest.from_writable_manifest(parsed), tmp_path)
    assert _compiled(prepared, tmp_path) == whole
    assert len(whole) > 200


def test_models_are_rendered_where_the_warehouse_has_no_say(prepared: Manifest) -> None:
    models = {name: node.raw_code for name, node in prepared.nodes.items() if _is_model(node)}
    left = {name for name, code in models.items() if "{{" in code or "{%" in code}
    assert _LOOKS in left
    assert "is_incremental()" in models[_LOOKS]
    assert len(left) < len(models) / 5
    assert "model.cxledger.invariants" not in left


def _is_model(node: Any) -> bool:
    return bool(node.resource_type == "model")


def test_macros_that_a_run_can_reach_are_left(prepared: Manifest) -> None:
    names = {macro.name for macro in prepared.macros.values()}
    # by a hook; by dispatch; by dbt's adapter; by a materialization
    assert {"replace_scope", "duckdb__create_table_as", "list_schemas", "run_hooks"} <= names
    assert names.isdisjoint({"snapshot_merge_sql", "date_spine", "py_script_postfix"})


@pytest.mark.parametrize("command", ["compile", "no-such-command"])
def test_dbt_is_itself_again_after_a_command(
    prepared: Manifest, tmp_path: Path, command: str
) -> None:
    def parts() -> list[Any]:
        return [
            vars(dbtClassMixin)["validate"],
            vars(Linker)["find_cycles"],
            vars(agate_helper)["empty_table"],
            vars(DebugLevel).get("__init__"),
        ]

    before = parts()
    work_file = tmp_path / "cxledger.duckdb"
    asked = [command, "--select", _LOOKS]
    invoke(asked, work_file, target=tmp_path, manifest=prepared, is_prepared=True)
    assert parts() == before


def test_what_is_parsed_is_validated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "dbt"
    shutil.copytree(DBT_DIR, folder, ignore=shutil.ignore_patterns("target", "logs"))
    with (folder / "dbt_project.yml").open("a") as project:
        project.write("seed-paths: 7\n")
    monkeypatch.setattr(dbt_command, "DBT_DIR", folder)
    outcome = invoke(["parse"], tmp_path / "cxledger.duckdb", target=tmp_path / "target")
    assert not outcome.success
    assert "7 is not valid" in str(outcome.exception)


def test_models_that_depend_on_themselves_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dbt"
    others = shutil.ignore_patterns("target", "logs", "models", "seeds", "tests")
    shutil.copytree(DBT_DIR, folder, ignore=others)
    (folder / "models").mkdir()
    for name, other in (("hen", "egg"), ("egg", "hen")):
        (folder / f"models/{name}.sql").write_text(f"select * from {{{{ ref('{other}') }}}}")
    monkeypatch.setattr(dbt_command, "DBT_DIR", folder)
    with pytest.raises(WarehouseError, match=r"does not compile: Found a cycle: .*(hen|egg)"):
        parse(tmp_path)


class _Owner:
    def own(self) -> str:
        return "own"


class _Heir(_Owner):
    pass


@pytest.mark.parametrize("owner", [_Owner, _Heir])
def test_a_replaced_method_is_back_after_an_error_too(owner: type[_Owner]) -> None:
    before = dict(vars(owner))
    with pytest.raises(ZeroDivisionError), replaced(owner, "own", lambda _: 1 // 0):
        owner().own()
    assert owner().own() == "own"
    assert dict(vars(owner)) == before
