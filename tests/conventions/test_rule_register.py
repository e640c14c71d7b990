"""Every rule of the rulebook has one home, and README's table says where it is.

rulebook.csv lists the rules' ids and titles; those `in_force` must have a home. A rule that
computes lives in the dbt model whose `config.meta.billing_rules` names it; one that reads,
validates, prints or forbids lives in a file that cites its id.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from tests.conventions.tree import ROOT, assert_no, files

_RULE_ID = re.compile(r"\b(PER|CON|LIC|RES|VOX|DEV|APP|TAX|PAY|RPT|INV|REC)-\d+\b")
_TABLE = re.compile(r"<!-- rules -->\n(?P<table>.*?)<!-- /rules -->", re.DOTALL)
_ROW = re.compile(
    r"^\| (?P<rule>[A-Z]+-\d+) \| (?P<title>.+?) \| `?(?P<home>[^`|]+?)`? \|$", re.MULTILINE
)
_HEADER = "| rule | title | home |\n| --- | --- | --- |\n"

Rulebook = Mapping[str, tuple[str, bool]]


def rulebook() -> dict[str, tuple[str, bool]]:
    """Title and whether it is in force, by rule id, in the rulebook's order."""
    with (ROOT / "tests/conventions/rulebook.csv").open(newline="") as file:
        return {
            row["rule_id"]: (row["title"], row["in_force"] == "true")
            for row in csv.DictReader(file)
        }


def model_homes(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Paths of the models that declare a rule theirs, by rule id."""
    homes: dict[str, list[str]] = defaultdict(list)
    for node in manifest["nodes"].values():
        for rule in (node.get("config", {}).get("meta") or {}).get("billing_rules", []):
            homes[rule].append(f"dbt/{node['original_file_path']}")
    return dict(homes)


def readme_homes(readme: str) -> dict[str, str]:
    """Home by rule id, as README's table says."""
    table = _TABLE.search(readme)
    return {row["rule"]: row["home"] for row in _ROW.finditer(table["table"])} if table else {}


def homeless_or_twice(rules: Rulebook, homes: Mapping[str, list[str]]) -> list[str]:
    return [
        *(
            f"{rule}: claimed by {', '.join(paths)}. A rule has one home: let the others say "
            "`supports` in prose"
            for rule, paths in homes.items()
            if len(paths) > 1
        ),
        *(
            f"{rule}: claimed by {paths[0]}, but the rulebook has no such rule"
            for rule, paths in homes.items()
            if rule not in rules
        ),
    ]


def expected_table(
    rules: Rulebook, homes: Mapping[str, list[str]], written: Mapping[str, str]
) -> str:
    """README's table as it should be; `?` where a rule in force has no home yet."""
    return _HEADER + "".join(
        f"| {rule} | {title} | `{homes[rule][0] if rule in homes else written.get(rule, '?')}` |\n"
        for rule, (title, in_force) in rules.items()
        if in_force or rule in homes or rule in written
    )


def homes_that_do_not_cite(written: Mapping[str, str], texts: Mapping[str, str]) -> list[str]:
    return [
        f"README: {rule} is said to be in {home}, which "
        + ("does not cite it" if home in texts else "does not exist")
        for rule, home in written.items()
        if not re.search(rf"\b{rule}\b", texts.get(home, ""))
    ]


def test_no_rule_is_claimed_twice_or_unknown(manifest: dict[str, Any]) -> None:
    assert_no(homeless_or_twice(rulebook(), model_homes(manifest)))


def test_readmes_rule_table_is_the_register(manifest: dict[str, Any]) -> None:
    readme = (ROOT / "README.md").read_text()
    table = _TABLE.search(readme)
    assert table, "README.md: the table between <!-- rules --> and <!-- /rules --> is gone"
    expected = expected_table(rulebook(), model_homes(manifest), readme_homes(readme))
    assert table["table"] == expected, (
        "README.md: replace what is between <!-- rules --> and <!-- /rules --> with this (a `?` is "
        f"the file that reads, validates, prints or forbids, citing the id):\n{expected}"
    )


def test_every_rule_in_force_has_a_home(manifest: dict[str, Any]) -> None:
    written, homes = readme_homes((ROOT / "README.md").read_text()), model_homes(manifest)
    assert_no(
        f"{rule} ({title}) has no home: write its model, or name the file in README's rule table"
        for rule, (title, in_force) in rulebook().items()
        if in_force and rule not in homes and rule not in written
    )


def test_a_home_outside_the_models_cites_its_rule() -> None:
    written = readme_homes((ROOT / "README.md").read_text())
    texts = {file.path: file.text for file in files("**/*.py", "**/*.sql", "**/*.yml", "**/*.csv")}
    assert_no(homes_that_do_not_cite(written, texts))


def test_every_rule_that_is_cited_exists() -> None:
    known = rulebook()
    assert_no(
        f"{file.path}:{number}: cites {match[0]}, which the rulebook does not have"
        for file in files(
            "dagster_project/**/*.py", "dbt/**/*.sql", "dbt/**/*.yml", "expectations/**/*.py"
        )
        for number, line in file.lines
        for match in _RULE_ID.finditer(line)
        if match[0] not in known
    )


def test_every_rule_model_has_unit_tests_of_its_own(manifest: dict[str, Any]) -> None:
    """Inside and outside at the least: a rule that only one test knows has an unknown edge."""
    tests = defaultdict(int)
    for test in manifest["unit_tests"].values():
        tests[test["model"]] += 1
    assert_no(
        f"dbt/{node['original_file_path']}: has {tests[node['name']]} unit tests. Write one "
        "inside, one outside and one exactly on the boundary of the rule"
        for node in manifest["nodes"].values()
        if node["name"].startswith("int_")
        and (node["config"].get("meta") or {}).get("billing_rules")
        and tests[node["name"]] < 2
    )


def test_a_rule_with_two_homes_or_none_in_the_rulebook_is_found() -> None:
    rules = {"VOX-7": ("Short calls", True)}
    assert len(homeless_or_twice(rules, {"VOX-7": ["a.sql", "b.sql"], "VOX-99": ["c.sql"]})) == 2


def test_the_expected_table_prefers_the_model_and_marks_what_is_missing() -> None:
    rules = {
        "A-1": ("one", True),
        "A-2": ("two", True),
        "A-3": ("three", True),
        "A-4": ("x", False),
    }
    table = expected_table(rules, {"A-1": ["m.sql"]}, {"A-1": "old.py", "A-2": "reader.py"})
    assert readme_homes(f"<!-- rules -->\n{table}<!-- /rules -->") == {
        "A-1": "m.sql",
        "A-2": "reader.py",
        "A-3": "?",
    }


def test_a_home_that_does_not_cite_its_rule_is_found() -> None:
    written = {"VOX-1": "a.py", "VOX-2": "gone.py", "VOX-3": "b.py"}
    assert len(homes_that_do_not_cite(written, {"a.py": "VOX-10", "b.py": "VOX-3: a call"})) == 2
