"""dbt's unit tests as dbt compiled them: given rows, the model's SQL, expected rows, its verdict.

dbt needs a third of a second and more for each; so it runs each once, on an empty warehouse, and
what it ran is kept in `dbt/target/mutation` until the model, its YAML or a macro changes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlglot import exp

from dagster_project.settings import DBT_DIR, Settings
from dagster_project.warehouse import work
from tests.mutation.mutants import DIALECT, parsed

_KEPT = DBT_DIR / "target" / "mutation"
FIXTURE_PREFIX = "__dbt__cte__"
_VERDICT_COLUMN = "actual_or_expected"
_ACTUAL = "dbt_internal_unit_test_actual"
_SHAPES = ("macros", "seeds", "models")


@dataclass(frozen=True)
class UnitTest:
    """One dbt unit test.

    Attributes:
        name: its name in the YAML.
        model: the model that it tests.
        fixtures: SELECTs of the given rows, by the name under which the model reads them.
        sql: the model's SQL over those names.
        columns: the columns that are compared.
        expected: SELECT of the expected rows, in these columns.
        passes: dbt's own verdict.
    """

    name: str
    model: str
    fixtures: Mapping[str, str]
    sql: str
    columns: tuple[str, ...]
    expected: str
    passes: bool


@dataclass(frozen=True)
class Model:
    """A model whose mutants are counted.

    Attributes:
        name: dbt's name.
        rules: ids that it is the home of; of a model that only supports rules, those.
        tests: its unit tests.
        untested_sql: what is compiled of it, if it has none.
    """

    name: str
    rules: tuple[str, ...]
    tests: tuple[UnitTest, ...]
    untested_sql: str = ""


def rule_models(wanted: Collection[str] = ()) -> list[Model]:
    """The homes of rules and the models with unit tests, compiled and tested by dbt once.

    A home without a unit test counts, and every mutant of it survives. `untested_models` are not
    among them.

    Args:
        wanted: names of models; all if empty.
    """
    _KEPT.mkdir(parents=True, exist_ok=True)
    manifest = _manifest()
    tests: dict[str, list[dict[str, Any]]] = {}
    for test in manifest["unit_tests"].values():
        tests.setdefault(test["model"], []).append(test)
    nodes = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and (node["name"] in tests or _is_home(node))
        and (not wanted or node["name"] in wanted)
    }
    missing = set(wanted) - set(nodes)
    if missing:
        raise SystemExit(f"no rule and no unit test: {', '.join(sorted(missing))}")
    verdicts = _verdicts({name: _stamp(node) for name, node in nodes.items() if name in tests})
    return [
        Model(
            name,
            _rules_of(node),
            tuple(
                _unit_test(name, test, verdicts[name][test["name"]])
                for test in sorted(tests.get(name, ()), key=lambda test: str(test["name"]))
            ),
            "" if name in tests else _compiled(node),
        )
        for name, node in sorted(nodes.items())
    ]


def untested_models() -> list[str]:
    """Models that only whole runs test: no home of a rule, and without a unit test of their own."""
    manifest = _manifest()
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    return sorted(
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] not in tested and not _is_home(node)
    )


def read_unit_test(name: str, model: str, sql: str, *, passes: bool) -> UnitTest:
    """Takes apart the statement with which dbt compares actual and expected rows."""
    tree = parsed(sql)
    actual, expected = (cte.this for cte in tree.args["with_"].expressions)
    columns = tuple(
        column.alias_or_name
        for column in actual.expressions
        if column.alias_or_name != _VERDICT_COLUMN
    )
    model_tree = actual.args["from_"].this.this
    fixtures = {}
    ctes = model_tree.args.get("with_")
    for cte in list(ctes.expressions) if ctes else []:
        if cte.alias.startswith(FIXTURE_PREFIX):
            fixtures[cte.alias] = cte.this.sql(dialect=DIALECT, copy=False)
            cte.pop()
    if ctes and not ctes.expressions:
        model_tree.set("with_", None)
    expected.set("expressions", [exp.column(column, quoted=True) for column in columns])
    if any(table.name == _ACTUAL for table in expected.find_all(exp.Table)):
        nulls = [exp.alias_(exp.null(), column, quoted=True) for column in columns]
        expected = exp.select(*nulls).where("false")
    return UnitTest(
        name,
        model,
        fixtures,
        model_tree.sql(dialect=DIALECT, copy=False),
        columns,
        expected.sql(dialect=DIALECT, copy=False),
        passes,
    )


def unit_tests_in(target: Path) -> list[UnitTest]:
    """The unit tests that dbt has just run with this target folder."""
    manifest = json.loads((target / "manifest.json").read_text())
    return [
        read_unit_test(test["name"], test["model"], sql, passes=passes)
        for test, sql, passes in _ran_in(target, manifest)
    ]


def _ran_in(
    target: Path, manifest: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], str, bool]]:
    """Each unit test of a run, the statement that dbt ran for it, and whether it passed."""
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        test = manifest["unit_tests"].get(result["unique_id"])
        if test:
            path = Path(test["original_file_path"])
            ran = target / "run" / "cxledger" / path / path.parent / f"{test['name']}.sql"
            if not ran.exists():  # it could not even be compiled
                raise SystemExit(f"{test['model']}: {test['name']}: {result['message']}")
            yield test, ran.read_text(), result["status"] == "pass"


def _compiled(node: Mapping[str, Any]) -> str:
    _build_empty()
    return (_KEPT / "compiled" / "cxledger" / node["original_file_path"]).read_text()


def _unit_test(model: str, test: Mapping[str, Any], verdict: Mapping[str, Any]) -> UnitTest:
    return read_unit_test(test["name"], model, verdict["sql"], passes=verdict["passes"])


def _is_home(node: Mapping[str, Any]) -> bool:
    return bool((node["config"].get("meta") or {}).get("billing_rules"))


def _rules_of(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The rules of a model; if it is no rule's home, those whose home it supports."""
    own = (node["config"].get("meta") or {}).get("billing_rules")
    return tuple(own or dict.fromkeys(re.findall(r"\b[A-Z]{3}-\d+\b", node["description"])))


# ---- dbt


def _verdicts(stamps: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What dbt ran and how it judged, by model and test; anew only where something changed."""
    kept_file = _KEPT / "unit_tests.json"
    kept = json.loads(kept_file.read_text()) if kept_file.exists() else {}
    stale = sorted(name for name in stamps if kept.get(name, {}).get("stamp") != stamps[name])
    if stale:
        _build_empty()
        _dbt("test", "--select", *(f"{name},test_type:unit" for name in stale))
        for name in stale:
            kept[name] = {"stamp": stamps[name], "tests": {}}
        for test, ran, passes in _ran_in(_KEPT, _manifest()):
            kept[test["model"]]["tests"][test["name"]] = {"sql": ran, "passes": passes}
        kept_file.write_text(json.dumps(kept))
    return {name: kept[name]["tests"] for name in stamps}


def _stamp(node: Mapping[str, Any]) -> str:
    """What a unit test of the model is compiled from: its files, its macros, its inputs' shapes."""
    manifest = _manifest()
    parents = [
        manifest["nodes"][parent]["original_file_path"]
        for parent in node["depends_on"]["nodes"]
        if parent in manifest["nodes"]
    ]
    own = Path(node["original_file_path"])
    macros = _macros_of(node["depends_on"]["macros"])
    return _hash([DBT_DIR / path for path in {own, own.with_suffix(".yml"), *map(Path, parents),
                                              *map(Path, macros)}])  # fmt: skip


def _macros_of(names: Iterable[str]) -> set[str]:
    """Files of the project's own macros, and of those that they use."""
    macros = _manifest()["macros"]
    waiting, found = list(names), {}
    while waiting:
        name = waiting.pop()
        if name in macros and name not in found:
            found[name] = macros[name]
            waiting += macros[name]["depends_on"]["macros"]
    return {
        macro["original_file_path"]
        for macro in found.values()
        if macro["package_name"] == "cxledger"
    }


def _hash(files: Collection[Path]) -> str:
    digest = sha256()
    for file in sorted(files):
        digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _shape() -> str:
    return _hash(
        [
            file
            for folder in _SHAPES
            for file in (DBT_DIR / folder).rglob("*")
            if file.suffix in {".sql", ".csv"}
        ]
    )


def _build_empty() -> None:
    """Builds every relation without rows, for dbt asks them for the types of the given columns."""
    stamp = _KEPT / "shape.sha256"
    if stamp.exists() and stamp.read_text() == _shape():
        return
    settings = _settings()
    settings.work_file.unlink(missing_ok=True)
    with work(settings) as con:
        con.execute(
            "insert into ops.run values ('unit', date '2026-11-22', now()::timestamp, false)"
        )
    _dbt("build", "--empty", "--exclude-resource-type", "unit_test",
         "--exclude-resource-type", "test")  # fmt: skip
    stamp.write_text(_shape())


def _settings() -> Settings:
    return Settings.load(_KEPT / "data")


_parsed: dict[str, Any] = {}


def _manifest() -> dict[str, Any]:
    from dagster_project.dbt_manifest import manifest_path

    if not _parsed:
        _parsed.update(json.loads(manifest_path().read_text()))
    return _parsed


def _dbt(*arguments: str) -> None:
    settings = _settings()
    ran = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            *arguments,
            "--profiles-dir", str(DBT_DIR),
            "--project-dir", str(DBT_DIR),
            "--target-path", str(_KEPT),
            "--log-path", str(_KEPT / "logs"),
        ],
        env={
            **os.environ,
            "CXLEDGER_WORK_FILE": str(settings.work_file),
            "CXLEDGER_SPILL": str(settings.spill),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if ran.returncode > 1:  # 1: a test failed, which is a verdict; 2: dbt could not even run
        raise SystemExit(ran.stdout[-4000:] + ran.stderr[-2000:])
