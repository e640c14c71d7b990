"""The dbt project's YAML: dbt checks its keys for four other warehouses only, not for DuckDB.

A misspelt key is silently ignored there, so that a column can go undescribed, or a test unrun.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tests.conventions.tree import File, assert_no, files, tracked

_UNFINISHED = re.compile(r"\b(TODO|STUB|FIXME|XXX|TBD)\b")


@cache
def _schema() -> jsonschema.Draft7Validator:
    """The schema of resource files that ships with dbt."""
    shipped = resources.files("dbt.jsonschemas") / "resources" / "latest.json"
    return jsonschema.Draft7Validator(json.loads(shipped.read_text()))


def misspelt_keys(documents: Iterable[File]) -> list[str]:
    return [
        f"{document.path}: {'/'.join(map(str, error.path))}: {error.message}. dbt ignores such a "
        "key without a word: spell it as dbt does"
        for document in documents
        for error in _schema().iter_errors(document.yaml)
    ]


def missing_twins(paths: Iterable[str]) -> list[str]:
    """A model and what is said about it lie side by side, one each."""
    stems = {
        suffix: {path.removesuffix(suffix) for path in paths if path.endswith(suffix)}
        for suffix in (".sql", ".csv", ".yml")
    }
    described = {stem for stem in stems[".yml"] if not stem.endswith("__sources")}
    return [
        *(
            f"{stem}: has no .yml beside it. Describe it there: grain, rule, columns"
            for stem in sorted((stems[".sql"] | stems[".csv"]) - described)
        ),
        *(
            f"{stem}.yml: describes nothing that is beside it. Remove it, or move it to its model"
            for stem in sorted(described - stems[".sql"] - stems[".csv"])
        ),
    ]


def strange_resources(documents: Iterable[File]) -> list[str]:
    """A YAML file describes its namesake, and nothing else."""
    return [
        f"{document.path}: describes {resource['name']}. One file a model, with its name"
        for document in documents
        for kind in ("models", "seeds")
        for resource in document.yaml.get(kind, [])
        if resource["name"] != document.stem
    ]


def groundless_descriptions(documents: Iterable[File]) -> list[str]:
    """What a row is comes first: most billing errors are a wrong grain."""
    return [
        f"{document.path}: {resource['name']} must begin with `Grain: one row per …`"
        for document in documents
        for kind in ("models", "seeds")
        for resource in document.yaml.get(kind, [])
        if not str(resource.get("description", "")).startswith("Grain: ")
    ]


def unfinished(texts: Iterable[File]) -> list[str]:
    return [
        f"{text.path}:{number}: {line.strip()}: finish it, or write an issue"
        for text in texts
        for number, line in text.lines
        if _UNFINISHED.search(line)
    ]


def undescribed_columns(
    manifest: Mapping[str, Any], built_columns: Mapping[str, list[str]]
) -> list[str]:
    """The YAML's columns are the relation's, each with a description."""
    sins = []
    for node in manifest["nodes"].values():
        if node["resource_type"] not in {"model", "seed"}:
            continue
        path = node["patch_path"] or node["original_file_path"]
        described = node["columns"]
        if node["config"]["materialized"] != "ephemeral":
            relation = f"{node['schema']}.{node['alias']}"
            actual = built_columns.get(relation, [])
            if not actual:
                sins.append(f"{path}: {relation} was not built: does its build fail?")
            sins += [
                f"{path}: column {name} is not described"
                for name in actual
                if name not in described
            ]
            sins += [
                f"{path}: column {name} does not exist" for name in described if name not in actual
            ]
        sins += [
            f"{path}: column {name} has no description"
            for name, column in described.items()
            if not column["description"].strip()
        ]
    return sins


def undescribed_sources(
    manifest: Mapping[str, Any], built_columns: Mapping[str, list[str]]
) -> list[str]:
    sins = []
    for source in manifest["sources"].values():
        name = f"{source['schema']}.{source['name']}"
        described, actual = source["columns"], built_columns.get(name, [])
        sins += [
            f"{source['original_file_path']}: {name} column {column} differs between the YAML and "
            "warehouse_schema.sql"
            for column in sorted(set(described) ^ set(actual))
        ]
        sins += [
            f"{source['original_file_path']}: {name}.{column['name']} has no description"
            for column in described.values()
            if not column["description"].strip()
        ]
        if not source["description"].strip():
            sins.append(f"{source['original_file_path']}: {name} has no description")
    return sins


def test_every_key_is_one_that_dbt_knows() -> None:
    assert_no(misspelt_keys(files("dbt/models/**/*.yml", "dbt/seeds/*.yml", "dbt/tests/**/*.yml")))


def test_every_model_and_seed_has_its_yaml_twin() -> None:
    assert_no(missing_twins([p for p in tracked() if p.startswith(("dbt/models/", "dbt/seeds/"))]))


def test_a_yaml_file_describes_its_namesake() -> None:
    assert_no(strange_resources(files("dbt/models/**/*.yml", "dbt/seeds/*.yml")))


def test_every_description_begins_with_the_grain() -> None:
    assert_no(groundless_descriptions(files("dbt/models/**/*.yml", "dbt/seeds/*.yml")))


def test_nothing_is_left_unfinished() -> None:
    own = "tests/conventions/test_dbt_yaml.py"
    texts = files("**/*.py", "**/*.sql", "**/*.yml", "**/*.csv", "**/*.md", "Makefile")
    assert_no(unfinished(text for text in texts if text.path != own))


@pytest.mark.slow
def test_every_column_is_described_and_exists(
    manifest: dict[str, Any], built_columns: Mapping[str, list[str]]
) -> None:
    assert_no(undescribed_columns(manifest, built_columns))


@pytest.mark.slow
def test_every_source_column_is_described_and_exists(
    manifest: dict[str, Any], built_columns: Mapping[str, list[str]]
) -> None:
    assert_no(undescribed_sources(manifest, built_columns))


def test_a_misspelt_key_is_found() -> None:
    text = "models:\n  - name: calls\n    columns:\n      - {name: org, descrpition: who}\n"
    assert misspelt_keys([File("calls.yml", text)])


def test_a_model_without_a_twin_is_found_either_way() -> None:
    assert (
        len(missing_twins(["dbt/models/a.sql", "dbt/models/b.yml", "dbt/models/_x__sources.yml"]))
        == 2
    )


def test_a_stranger_in_a_yaml_file_is_found() -> None:
    assert strange_resources([File("a.yml", "models: [{name: b}]")])


def test_a_description_without_a_grain_is_found() -> None:
    assert groundless_descriptions([File("a.yml", "models: [{name: a, description: Calls.}]")])


def test_an_unfinished_line_is_found() -> None:
    assert unfinished([File("a.sql", "-- TO" + "DO: round")])


def test_a_column_that_the_yaml_lacks_or_invents_is_found() -> None:
    node = {
        "resource_type": "model",
        "patch_path": "a.yml",
        "config": {"materialized": "table"},
        "schema": "marts",
        "alias": "a",
        "columns": {"invented": {"description": "it"}, "blank": {"description": " "}},
    }
    sins = undescribed_columns({"nodes": {"a": node}}, {"marts.a": ["blank", "lacking"]})
    assert len(sins) == 3
