"""Every rule of the rulebook has one home, and README's table says where it is.

dagster_project/rulebook/rules.yml has the rules; those `in_force` must have a home. A rule that
computes lives in the dbt model whose `config.meta.billing_rules` names it; one that reads,
validates, prints or forbids lives in the file that rules.yml names, and which cites its id.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagster_project.rulebook import Register, load_register
from tests.conventions.tree import ROOT, assert_no, files

_RULE_ID = re.compile(r"\b(PER|CON|LIC|RES|VOX|DEV|APP|TAX|PAY|RPT|INV|REC)-\d+\b")
_TABLE = re.compile(r"<!-- rules -->\n(?P<table>.*?)<!-- /rules -->", re.DOTALL)
_HEADER = "| rule | title | home |\n| --- | --- | --- |\n"


def model_homes(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Paths of the models that declare a rule theirs, by rule id."""
    homes: dict[str, list[str]] = defaultdict(list)
    for node in manifest["nodes"].values():
        for rule in (node.get("config", {}).get("meta") or {}).get("billing_rules", []):
            homes[rule].append(f"dbt/{node['original_file_path']}")
    return dict(homes)


def homeless_or_twice(register: Register) -> list[str]:
    rules = register.rules.values()
    return [
        *(
            f"{rule.id}: claimed by {', '.join(register.claims(rule))}. A rule has one home: let "
            "the others say `supports` in prose"
            for rule in rules
            if len(register.claims(rule)) > 1
        ),
        *(
            f"{rule.id} ({rule.title}) has no home: write its model, or name its file as `home` in "
            "dagster_project/rulebook/rules.yml"
            for rule in rules
            if rule.in_force and not register.claims(rule)
        ),
    ]


def unknown_rules(register: Register, homes: Mapping[str, list[str]]) -> list[str]:
    return [
        f"{rule}: claimed by {paths[0]}, but the rulebook has no such rule"
        for rule, paths in homes.items()
        if rule not in register.rules
    ]


def expected_table(register: Register) -> str:
    """README's table as it should be: all but the checks, which are named by their models."""
    return _HEADER + "".join(
        f"| {rule.id} | {rule.title} | `{register.home(rule)}` |\n"
        for rule in register.rules.values()
        if not rule.is_check and register.home(rule)
    )


def homes_that_do_not_cite(written: Mapping[str, str], texts: Mapping[str, str]) -> list[str]:
    return [
        f"rules.yml: {rule} is said to be in {home}, which "
        + ("does not cite it" if home in texts else "does not exist")
        for rule, home in written.items()
        if not re.search(rf"\b{rule}\b", texts.get(home, ""))
    ]


def test_every_rule_in_force_has_one_home(manifest: dict[str, Any]) -> None:
    register = load_register()
    assert_no([*homeless_or_twice(register), *unknown_rules(register, model_homes(manifest))])


def test_the_register_finds_the_homes_that_the_manifest_knows(manifest: dict[str, Any]) -> None:
    """It reads the YAML twins as text, to be quick; dbt reads them as they are meant."""
    register = load_register()
    expected = model_homes(manifest)
    found = {
        rule.id: [path for path in register.claims(rule) if path != rule.written_home]
        for rule in register.rules.values()
        if not rule.is_check
    }
    assert {rule: paths for rule, paths in found.items() if paths} == expected


def test_the_register_finds_the_unit_tests_that_the_manifest_knows(
    manifest: dict[str, Any],
) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for test in manifest["unit_tests"].values():
        expected[test["model"]].add(test["name"])
    register = load_register()
    homes = {rule.id: register.home(rule) for rule in register.rules.values()}
    for rule in register.rules.values():
        model = homes[rule.id].rpartition("/")[2].removesuffix(".sql")
        assert set(register.unit_tests(rule)) == expected.get(model, set()), rule.id


def test_readmes_rule_table_is_the_register() -> None:
    table = _TABLE.search((ROOT / "README.md").read_text())
    assert table, "README.md: the table between <!-- rules --> and <!-- /rules --> is gone"
    expected = expected_table(load_register())
    assert table["table"] == expected, (
        f"README.md: replace what is between <!-- rules --> and <!-- /rules --> with:\n{expected}"
    )


def test_a_home_outside_the_models_cites_its_rule() -> None:
    written = {rule.id: rule.written_home for rule in load_register().rules.values()}
    texts = {file.path: file.text for file in files("**/*.py", "**/*.sql", "**/*.yml", "**/*.csv")}
    assert_no(homes_that_do_not_cite({r: h for r, h in written.items() if h}, texts))


def test_every_rule_that_is_cited_exists() -> None:
    known = load_register().rules
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


def _tree(root: Path, **homes: str) -> Register:
    """The register over a small tree: model stem → the rules that it claims."""
    for stem, rules in homes.items():
        model = root / "dbt" / "models" / f"{stem}.sql"
        model.parent.mkdir(parents=True, exist_ok=True)
        model.touch()
        claim = f"    config:\n      meta:\n        billing_rules: [{rules}]\n"
        model.with_suffix(".yml").write_text(f"models:\n  - name: {stem}\n{claim}")
    return load_register(root)


def test_a_rule_with_two_homes_or_none_is_found(tmp_path: Path) -> None:
    sins = homeless_or_twice(_tree(tmp_path, one="VOX-7", two="VOX-7, VOX-8"))
    assert any(sin.startswith("VOX-7: claimed by dbt/models/one.sql, dbt") for sin in sins)
    assert any(sin.startswith("VOX-9 (Discount never twice) has no home") for sin in sins)
    assert not any(sin.startswith("VOX-8") for sin in sins)


def test_a_claim_to_a_rule_that_does_not_exist_is_found() -> None:
    assert unknown_rules(load_register(), {"VOX-99": ["c.sql"], "VOX-1": ["d.sql"]}) == [
        "VOX-99: claimed by c.sql, but the rulebook has no such rule"
    ]


def test_the_expected_table_has_models_and_written_homes(tmp_path: Path) -> None:
    rows = expected_table(_tree(tmp_path, one="VOX-7")).splitlines()
    assert "| VOX-7 | Short-call surcharge | `dbt/models/one.sql` |" in rows
    assert "| PAY-3 | Currencies | `dagster_project/contracts/scalars.py` |" in rows


def test_a_home_that_does_not_cite_its_rule_is_found() -> None:
    written = {"VOX-1": "a.py", "VOX-2": "gone.py", "VOX-3": "b.py"}
    assert len(homes_that_do_not_cite(written, {"a.py": "VOX-10", "b.py": "VOX-3: a call"})) == 2
