"""The dbt project's SQL without dbt: rendered, in order, on a DuckDB connection.

For tests that ask the rule models many questions: a dbt build takes half a minute, this seconds.
Every model is built as on an empty warehouse; what the project's own macros do is theirs, what dbt
gives (ref, source, config, return) is done here as simply as it can be.
tests/reference/test_random_organizations.py shows that the figures are those of a run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from dagster_project.settings import DBT_DIR, SEEDS_DIR

_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(.*?{%-?\s*endmacro\s*-?%}", re.DOTALL)


class _ReturnedError(Exception):
    """What dbt's return() gives out of a macro that yields no text."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


@dataclass
class Model:
    """One model: where it goes, whether it is a view, and once rendered its query and parents."""

    name: str
    relation: str
    template: str
    is_view: bool
    query: str = ""
    parents: list[str] = field(default_factory=list)


class Project:
    """Renders macros and models.

    Args:
        is_incremental: as on a warehouse that holds the run before, for who reads the queries only.
    """

    def __init__(self, *, is_incremental: bool = False) -> None:
        self._referred: list[str] = []
        self.models = {model.name: model for model in _models()}
        self._relations = {model.name: model.relation for model in self.models.values()}
        self._relations |= {seed.stem: f"catalogue.{seed.stem}" for seed in _seeds()}
        self._environment = jinja2.Environment(  # noqa: S701 - SQL, not a page
            extensions=["jinja2.ext.do"]
        )
        self._environment.globals |= {
            "ref": self._ref,
            "source": lambda schema, table: f"{schema}.{table}",
            "config": lambda **_: "",
            "is_incremental": lambda: is_incremental,
            "return": _return,
        }
        for file in sorted((DBT_DIR / "macros").glob("*.sql")):
            self._load_macros(file.read_text())

    def sql(self, template: str) -> str:
        """SQL of a snippet that calls the project's macros."""
        return self._environment.from_string(template).render()

    def model(self, name: str) -> Model:
        """A model with its query and parents."""
        model = self.models[name]
        if not model.query:
            self._referred = []
            self._environment.globals["this"] = model.relation
            model.query = self.sql(model.template)
            model.parents = list(dict.fromkeys(self._referred))
        return model

    def ancestors(self, targets: Iterable[str], given: Iterable[str] = ()) -> list[Model]:
        """Models that targets are computed from, targets included, each after its parents.

        Args:
            targets: names of models.
            given: names of models that are there already: neither they nor what only they need.
        """
        ordered: dict[str, Model] = {}
        known = set(given)

        def visit(name: str) -> None:
            if name in self.models and name not in known:
                known.add(name)
                model = self.model(name)
                for parent in model.parents:
                    visit(parent)
                ordered[name] = model

        for target in targets:
            visit(target)
        return list(ordered.values())

    def build(
        self, con: duckdb.DuckDBPyConnection, targets: Iterable[str], given: Iterable[str] = ()
    ) -> None:
        """Makes the targets and all that they need, replacing what is there."""
        for model in self.ancestors(targets, given):
            con.execute(f"create schema if not exists {model.relation.partition('.')[0]}")
            kind = "view" if model.is_view else "table"
            con.execute(f"create or replace {kind} {model.relation} as {model.query}")

    def seed(self, con: duckdb.DuckDBPyConnection) -> None:
        """Loads the shipped catalogue, with the types that its YAML says."""
        con.execute("create schema if not exists catalogue")
        for path in _seeds():
            types = yaml.safe_load(path.with_suffix(".yml").read_text())["seeds"][0]["config"]
            columns = ", ".join(f"'{k}': '{v}'" for k, v in types["column_types"].items())
            con.execute(
                f"create or replace table catalogue.{path.stem} as "
                f"from read_csv('{path}', header = true, types = {{{columns}}})"
            )

    def _ref(self, name: str) -> str:
        self._referred.append(name)
        return self._relations[name]

    def _load_macros(self, text: str) -> None:
        # one by one: a neighbour in the same template would be called past what catches return()
        for macro in _MACRO.finditer(text):
            template = self._environment.from_string(macro[0])
            self._environment.globals[macro[1]] = _macro(template, macro[1])


@cache
def project() -> Project:
    """The project as it stands in the tree."""
    return Project()


def _macro(template: jinja2.Template, name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return getattr(template.module, name)(*arguments, **named)
        except _ReturnedError as returned:
            return returned.value

    return call


def _return(value: Any) -> None:
    raise _ReturnedError(value)


def _seeds() -> list[Path]:
    return sorted(SEEDS_DIR.glob("*.csv"))


def _models() -> Iterator[Model]:
    for path in sorted((DBT_DIR / "models").rglob("*.sql")):
        layer = path.relative_to(DBT_DIR / "models").parts[0]
        text = path.read_text()
        is_view = "materialized='view'" in text or (
            layer in {"staging", "checks", "reconciliation"} and "materialized=" not in text
        )
        yield Model(
            name=path.stem,
            relation=f"{layer}.{path.stem}",
            template=text,
            is_view=is_view,
        )
