"""The SQL of the rules: no number without a name, no money in binary fractions, no shared bug."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.conventions.tree import File, assert_no, files

# What may hold a figure without being one: jinja (it names it), comments, strings, types.
_NO_FIGURES = re.compile(
    r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\b(?:decimal|numeric|varchar)\s*\([\d,\s]+\)",
    re.DOTALL | re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])", re.IGNORECASE)
_NAMELESS = {"0", "1"}

_BINARY = re.compile(
    r"::\s*(double|float4?|float8|real)\b|\b(as|try_cast\([^)]*\bas)\s+(double|float|real)\b|\bavg\s*\(|\bmean\s*\(",
    re.IGNORECASE,
)
_BARE_DECIMAL = re.compile(r"\b(decimal|numeric)\b(?!\s*\()", re.IGNORECASE)


def _blanked(text: str) -> str:
    """The text with everything that is not SQL proper blanked, line by line as before."""
    return _NO_FIGURES.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def nameless_figures(models: Iterable[File]) -> list[str]:
    return [
        f"{model.path}:{number}: {figure}: rates and thresholds come from seeds or the contract, "
        "units and roundings from macros"
        for model in models
        for number, line in enumerate(_blanked(model.text).splitlines(), start=1)
        for figure in _FIGURE.findall(line)
        if figure not in _NAMELESS
    ]


def binary_fractions(models: Iterable[File]) -> list[str]:
    sins = []
    for model in models:
        for number, line in enumerate(_blanked(model.text).splitlines(), start=1):
            if _BINARY.search(line):
                sins.append(
                    f"{model.path}:{number}: floating point. Divide integers, round decimals"
                )
        without_comments = re.sub(
            r"--[^\n]*|\{#.*?#\}|'(?:[^']|'')*'", " ", model.text, flags=re.DOTALL
        )
        sins += [
            f"{model.path}: a bare decimal is (18,3) in DuckDB: write decimal(18, 6)"
            for _ in _BARE_DECIMAL.findall(without_comments)
        ]
    return sins


def parents(manifest: Mapping[str, Any], prefix: str) -> dict[str, list[str]]:
    """Names of what each model whose name starts with `prefix` reads; sources as source.table."""
    known = {**manifest["nodes"], **manifest["sources"]}
    return {
        node["name"]: [
            f"{known[parent]['source_name']}.{known[parent]['name']}"
            if parent.startswith("source.")
            else known[parent]["name"]
            for parent in node["depends_on"]["nodes"]
        ]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"].startswith(prefix)
    }


def shared_bugs(read: Mapping[str, list[str]]) -> list[str]:
    """An invariant that read a rule's model would find the rule's bug right."""
    return [
        f"{model}: reads {parent}. An invariant computes its figures from marts, staging and "
        "reconciliation_scope: it must not share a rule's bug"
        for model, names in read.items()
        for parent in names
        if parent.startswith(("int_", "chk_"))
    ]


def impure_staging(read: Mapping[str, list[str]]) -> list[str]:
    """A staging model has one source; the ledger's ranks and the seed of its name may join it."""
    sins = []
    for model, names in read.items():
        source = model.removeprefix("stg_").replace("__", ".").replace("catalogue.", "reference.")
        foreign = set(names) - {source, "stg_ops__files", source.split(".")[1]}
        if source not in names or foreign:
            sins.append(
                f"{model}: must read {source} and nothing else, but reads {', '.join(names)}"
            )
    return sins


def sources_beside_staging(read: Mapping[str, list[str]]) -> list[str]:
    return [
        f"{model}: reads the source {parent}: let staging read it"
        for model, names in read.items()
        for parent in names
        if "." in parent and not model.startswith("stg_")
    ]


def test_rules_hold_no_figure_without_a_name() -> None:
    assert_no(
        nameless_figures(
            files("dbt/models/intermediate/**/*.sql", "dbt/models/marts/**/*.sql",
                  "dbt/models/checks/**/*.sql")
        )
    )  # fmt: skip


def test_money_is_never_floating_point() -> None:
    assert_no(binary_fractions(files("dbt/models/**/*.sql", "dbt/macros/**/*.sql")))


def test_invariants_do_not_read_the_rules_models(manifest: dict[str, Any]) -> None:
    """reconciliation_scope alone may: it says which periods the run computes, nothing more."""
    assert_no(shared_bugs({**parents(manifest, "rec_"), **parents(manifest, "invariants")}))


def test_reconciliation_scope_reads_only_the_scope(manifest: dict[str, Any]) -> None:
    read = parents(manifest, "reconciliation_")
    del read["reconciliation_causes"]  # a mart: it shows what the vendor's invoice differs by
    assert_no(
        f"{model}: reads {parent}. Of the rules' models only int_periods__scope and "
        "int_periods__scope_months may be read here"
        for model, names in read.items()
        for parent in names
        if parent.startswith("int_") and not parent.startswith("int_periods__scope")
    )


def test_a_staging_model_reads_its_own_source_and_no_other(manifest: dict[str, Any]) -> None:
    assert_no(impure_staging(parents(manifest, "stg_")))


def test_only_staging_reads_sources(manifest: dict[str, Any]) -> None:
    assert_no(sources_beside_staging(parents(manifest, "")))


@pytest.mark.parametrize(
    "sql", ["where seconds = 6", "select amount * 1.07", "limit 100", "interval 30 minute"]
)
def test_a_nameless_figure_is_found(sql: str) -> None:
    assert nameless_figures([File("int_x__y.sql", sql)])


@pytest.mark.parametrize(
    "sql",
    [
        "select (a - 1)::decimal(18, 6) + 0",
        "-- from 6 seconds\nselect a1, b_2",
        "select {{ rule_constant('x', 6) }}, date '9999-12-31'",
        "{# 42 #}",
    ],
)
def test_a_named_figure_is_no_sin(sql: str) -> None:
    assert not nameless_figures([File("int_x__y.sql", sql)])


@pytest.mark.parametrize(
    "sql", ["select a::double", "cast(a as float)", "avg(a)", "a::decimal", "cast(a as numeric)"]
)
def test_a_binary_fraction_is_found(sql: str) -> None:
    assert binary_fractions([File("int_x__y.sql", sql)])


def test_an_invariant_that_reads_a_rule_is_found() -> None:
    assert shared_bugs({"rec_telco__calls": ["rated_calls", "int_telco__calls"]})


def test_a_staging_model_with_two_sources_is_found() -> None:
    assert impure_staging({"stg_ops__files": ["ops.files", "ops.run"]})
    assert not impure_staging({"stg_catalogue__charges": ["charges", "reference.charges"]})


def test_a_rule_that_reads_a_source_is_found() -> None:
    assert sources_beside_staging({"int_telco__calls": ["genesys.voice_usage"]})
