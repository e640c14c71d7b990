"""The register: rules.yml, and what the tree says of each rule.

Where a rule lives and what tests it is read off the tree, never written down a second time.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from dagster_project.errors import UsageError
from dagster_project.nearest import did_you_mean
from dagster_project.settings import PROJECT_DIR

RULES_FILE = Path(__file__).with_name("rules.yml")
SCORES_FILE = Path(__file__).with_name("mutation_scores.csv")
MODULE_SCORES_FILE = Path(__file__).with_name("module_scores.csv")

_ID = re.compile(r"\b[A-Z]{3}-\d+\b")
_QUOTED = re.compile(r"[\"'`]([a-z][a-z0-9_]+)[\"'`]")
_CLAIMS = re.compile(r"^ +billing_rules: *\[([^\]]*)\]", re.MULTILINE)
_UNIT_TESTS = re.compile(r"^  - name: *(\w+)$", re.MULTILINE)
_ABOUT_THE_REGISTER = ("tests/conventions/", "tests/rulebook/")
_CHECKS = "CHK"


@dataclass(frozen=True)
class Rule:
    """One rule of the rulebook.

    Attributes:
        id: `VOX-7`, or a check's name.
        family: `VOX`; all checks are `CHK`.
        title: what it is called in tables.
        text: what holds, in prose, complete enough to bill by.
        sources: keys of the register's `sources`, the deciding one anywhere among them.
        note: what a source adds, or where sources disagree; else empty.
        in_force: false while the product does not do it yet.
        written_home: the file that enforces it, of a rule that no model computes; else empty.
    """

    id: str
    family: str
    title: str
    text: str
    sources: tuple[str, ...]
    note: str
    in_force: bool
    written_home: str

    @property
    def is_check(self) -> bool:
        """Whether it is a named check: those hold or warn, and have a model of their name."""
        return self.family == _CHECKS


@dataclass(frozen=True)
class ModuleScore:
    """How many small changes to a reader or contract check its tests notice.

    Attributes:
        module: its path.
        killed: mutants that a test failed for.
        run: those that were tried, a sample of all.
        mutants: all that can be made.
        measured_on: the day of the measurement.
    """

    module: str
    killed: int
    run: int
    mutants: int
    measured_on: date


@dataclass(frozen=True)
class Score:
    """How many small changes to a rule's model its tests notice.

    Attributes:
        killed: mutants that a test failed for.
        mutants: all that were made.
        equivalent: survivors that are argued to change nothing; they do not count.
        measured_on: the oldest measurement among its models.
    """

    killed: int
    mutants: int
    equivalent: int
    measured_on: date

    @property
    def share(self) -> Fraction:
        """Killed / (made - equivalent); 1 if there was nothing to kill."""
        to_kill = self.mutants - self.equivalent
        return Fraction(self.killed, to_kill) if to_kill else Fraction(1)

    def __str__(self) -> str:
        without = f", {self.equivalent} equivalent" if self.equivalent else ""
        return (
            f"{self.killed} of {self.mutants - self.equivalent} mutants killed "
            f"({float(self.share):.0%}{without}; {self.measured_on})"
        )


@dataclass(frozen=True)
class Register:
    """All rules, and the tree that they are looked up in.

    Attributes:
        sources: what each source is, by its key.
        families: title by family id, in order.
        rules: by id, in the rulebook's order.
        root: the folder that has dbt/ and tests/, if they are there at all.
    """

    sources: Mapping[str, str]
    families: Mapping[str, str]
    rules: Mapping[str, Rule]
    root: Path

    def find(self, rule_id: str) -> Rule:
        """The rule of an id, in any case.

        Raises:
            UsageError: there is none; says which ones are near.
        """
        known = {known.lower(): known for known in self.rules}.get(rule_id.strip().lower())
        if known is None:
            raise UsageError(f"no rule {rule_id}: {did_you_mean(rule_id, self.rules)}")
        return self.rules[known]

    def home(self, rule: Rule) -> str:
        """Path of the model, reader, contract check or document; empty if it has none yet."""
        models = self._models_of_rule.get(rule.id, [])
        return models[0] if models else rule.written_home

    def claims(self, rule: Rule) -> list[str]:
        """All homes that are claimed for a rule; a sound tree has at most one."""
        written = [rule.written_home] if rule.written_home else []
        return [*self._models_of_rule.get(rule.id, []), *written]

    def unit_tests(self, rule: Rule) -> list[str]:
        """Names of the dbt unit tests of the rule's model."""
        return self._unit_tests_of_model.get(self.home(rule), [])

    def python_tests(self, rule: Rule) -> list[str]:
        """`path::test` of the Python tests that cite the rule; a path alone cites it at its top."""
        return self._python_tests_of_rule.get(rule.id, [])

    @cached_property
    def scores(self) -> dict[str, Score]:
        """Mutation scores by rule id, over all models of a rule; empty if nothing was measured."""
        if not SCORES_FILE.exists():
            return {}
        rows: dict[str, list[dict[str, str]]] = defaultdict(list)
        with SCORES_FILE.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                rows[row["rule_id"]].append(row)
        return {
            rule_id: Score(
                killed=sum(int(row["killed"]) for row in of_rule),
                mutants=sum(int(row["mutants"]) for row in of_rule),
                equivalent=sum(int(row["equivalent"]) for row in of_rule),
                measured_on=min(date.fromisoformat(row["measured_on"]) for row in of_rule),
            )
            for rule_id, of_rule in rows.items()
        }

    @cached_property
    def module_scores(self) -> list[ModuleScore]:
        """Mutation scores of the Python that enforces rules; empty if nothing was measured."""
        if not MODULE_SCORES_FILE.exists():
            return []
        with MODULE_SCORES_FILE.open(newline="", encoding="utf-8") as file:
            return [
                ModuleScore(
                    module=row["module"],
                    killed=int(row["killed"]),
                    run=int(row["run"]),
                    mutants=int(row["mutants"]),
                    measured_on=date.fromisoformat(row["measured_on"]),
                )
                for row in csv.DictReader(file)
            ]

    @cached_property
    def _model_files(self) -> dict[str, str]:
        """Text of each model's YAML twin, by the path of its SQL from the root."""
        return {
            str(path.with_suffix(".sql").relative_to(self.root)): path.read_text(encoding="utf-8")
            for path in sorted((self.root / "dbt" / "models").rglob("*.yml"))
            if path.with_suffix(".sql").exists()
        }

    @cached_property
    def _models_of_rule(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path, text in self._model_files.items():
            name = Path(path).stem
            if name.removeprefix("chk_") in self.rules:
                found[name.removeprefix("chk_")].append(path)
            # flow style, as the conventions want it; parsing all twins takes half a second
            for claimed in _CLAIMS.findall(text):
                for rule_id in claimed.split(","):
                    found[rule_id.strip()].append(path)
        return found

    @cached_property
    def _unit_tests_of_model(self) -> dict[str, list[str]]:
        return {
            path: _UNIT_TESTS.findall(text.partition("\nunit_tests:\n")[2])
            for path, text in self._model_files.items()
        }

    @cached_property
    def _python_tests_of_rule(self) -> dict[str, list[str]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for path in sorted((self.root / "tests").rglob("test_*.py")):
            shown = str(path.relative_to(self.root))
            if shown.startswith(_ABOUT_THE_REGISTER):
                continue
            text = path.read_text(encoding="utf-8")
            for rule_id, test in _citations(text, self.rules):
                found[rule_id][f"{shown}::{test}" if test else shown] = None
        return {rule_id: list(tests) for rule_id, tests in found.items()}


def load_register(root: Path = PROJECT_DIR) -> Register:
    """The shipped rulebook, looked up in the tree at `root`."""
    content = _yaml(RULES_FILE.read_text(encoding="utf-8"))
    rules = [
        Rule(
            id=rule["id"],
            family=family["id"],
            title=rule["title"],
            text=rule["text"].strip(),
            sources=tuple(rule["source"]),
            note=rule.get("note", ""),
            in_force=rule["in_force"],
            written_home=rule.get("home", ""),
        )
        for family in content["families"]
        for rule in family["rules"]
    ]
    return Register(
        sources=content["sources"],
        families={family["id"]: family["title"] for family in content["families"]},
        rules={rule.id: rule for rule in rules},
        root=root,
    )


def _citations(text: str, rules: Mapping[str, Rule]) -> Iterator[tuple[str, str]]:
    """(rule id, test) for each citation; the test is empty above the first definition.

    A check is cited by its name in quotes or backticks: `totals` is also a word.
    """
    lines = text.splitlines()
    cited = [
        (number, match)
        for number, line in enumerate(lines, start=1)
        for match in (*_ID.findall(line), *_QUOTED.findall(line))
        if match in rules
    ]
    if not cited:
        return
    definitions = [
        node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    for number, rule_id in cited:
        around = [
            node.name
            for node in definitions
            if _first_line(node) <= number <= (node.end_lineno or number)
        ]
        yield rule_id, next((name for name in around if name.startswith(("test_", "Test"))), "")


def _first_line(node: ast.FunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _yaml(text: str) -> dict[str, Any]:
    # the C loader where PyYAML was built with it: ten times as fast, the same result
    content: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return content
