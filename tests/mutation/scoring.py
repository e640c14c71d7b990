"""Runs a model's unit tests on its mutants, in memory, without dbt.

Verdicts. *Killed*: a unit test's rows differ, or it stops with an error of its data (a value that
does not convert or does not fit), or it takes longer than a correct model does by far. *Survived*:
every test passes. *Invalid*: the statement cannot be bound (a type or a column that does not fit);
no build would get as far as a test, so it says nothing and is not counted. *Equivalent*: argued in
`equivalent.csv`, or seen by the patterns of `equivalence.py` (see `kept.py`); not counted either.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import duckdb

from tests.mutation.mutants import DIALECT, Mutant, mutants, parsed
from tests.mutation.neighbours import EXPECTED, Law, Neighbour, add_rows, cut_catalogue
from tests.mutation.unit_tests import FIXTURE_PREFIX, Model, UnitTest

_TIMEOUT_SECONDS = 10.0
_UNBOUND = (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException)


class Verdict(Enum):
    """What a model's unit tests say of one mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    INVALID = "invalid"
    EQUIVALENT = "equivalent"


class BaselineError(Exception):
    """The unchanged model does not fare here as it does in dbt: no mutant can be judged."""


@dataclass(frozen=True)
class Judged:
    """A mutant and its verdict; `killer` is the unit test that found it."""

    mutant: Mutant
    verdict: Verdict
    killer: str = ""


@dataclass
class Score:
    """What became of a model's mutants."""

    model: Model
    judged: list[Judged] = field(default_factory=list)

    def count(self, *verdicts: Verdict) -> int:
        """How many mutants have one of the verdicts."""
        return sum(1 for mutant in self.judged if mutant.verdict in verdicts)

    @property
    def killed(self) -> int:
        """Mutants that a unit test finds."""
        return self.count(Verdict.KILLED)

    @property
    def counted(self) -> int:
        """Mutants that a unit test should find."""
        return self.count(Verdict.KILLED, Verdict.SURVIVED)


def score(model: Model, argued: Collection[tuple[str, str]], laws: Collection[Law]) -> Score:
    """Judges every mutant of a model.

    Args:
        model: the model with its unit tests. Without one, every mutant survives.
        argued: models and ids of the mutants that are argued to be equivalent.
        laws: unit tests that hold with a neighbour too; they judge as well.

    Raises:
        BaselineError: the unchanged model does not fare as in dbt.
    """
    judged: dict[str, Judged] = {}
    if not model.tests:
        unproven = mutants(parsed(model.untested_sql))
        return Score(model, [Judged(mutant, Verdict.SURVIVED) for mutant in unproven])
    for sql, tests in _variants(model.tests):
        with _bench(tests) as bench:
            bench.assert_baseline(sql)
            bench.add_neighbours(sql, laws)
            for mutant in mutants(parsed(sql)):
                known = judged.get(mutant.id)
                if known and known.verdict in {Verdict.KILLED, Verdict.EQUIVALENT}:
                    continue
                found = bench.judge(mutant)
                if found.verdict is Verdict.SURVIVED and (model.name, mutant.id) in argued:
                    found = Judged(mutant, Verdict.EQUIVALENT)
                if known is None or found.verdict is not Verdict.INVALID:
                    judged[mutant.id] = found
    return Score(model, list(judged.values()))


def holding_laws(tests: Iterable[UnitTest]) -> set[Law]:
    """Every law of the neighbours that a unit test is an example of."""
    laws = set()
    for sql, same in _variants(tests):
        with _bench(same) as bench:
            for test in same:
                for neighbour in Neighbour:
                    laws |= set(_holding(bench, test, sql, neighbour))
    return laws


def _holding(bench: _Bench, test: UnitTest, sql: str, neighbour: Neighbour) -> list[Law]:
    if not neighbour.is_in_one_input:
        law = Law(test.name, neighbour)
        case = bench.beside(test, neighbour.value, [law])
        return [law] if case.added and bench.holds(case, sql) else []
    case = bench.beside(test, neighbour.value, [])
    laws = [Law(test.name, neighbour, name.removeprefix(FIXTURE_PREFIX)) for name in test.fixtures]
    return [
        law for number, law in enumerate(laws, start=1) if bench.still_holds(case, sql, law, number)
    ]


def broken_laws(tests: Iterable[UnitTest], claimed: Collection[Law]) -> set[str]:
    """The claimed laws that do not hold, or whose unit test is gone, in words."""
    tests = list(tests)
    broken = {law.unit_test for law in claimed} - {test.name for test in tests}
    for sql, same in _variants(tests):
        with _bench(same) as bench:
            bench.add_neighbours(sql, claimed)
            broken |= {case.schema for case in bench.cases if not bench.holds(case, sql)}
    return broken


def stale_arguments(
    tests: Iterable[UnitTest], argued: Collection[tuple[str, str]], laws: Collection[Law]
) -> set[str]:
    """Mutants that are argued to be equivalent, but are no mutants any more, or do not survive."""
    by_model: dict[str, list[UnitTest]] = {}
    for test in tests:
        by_model.setdefault(test.model, []).append(test)
    stale = {f"{model}: {mutant}" for model, mutant in argued}
    argued_of: dict[str, set[str]] = {}
    for model, mutant_id in argued:
        argued_of.setdefault(model, set()).add(mutant_id)
    for model, ids in argued_of.items():
        for sql, same in _variants(by_model.get(model, [])):
            with _bench(same) as bench:
                bench.add_neighbours(sql, laws)
                for mutant in mutants(parsed(sql), only=ids):
                    stale.discard(f"{model}: {mutant.id}")
                    if bench.judge(mutant).verdict is not Verdict.SURVIVED:
                        stale.add(f"{model}: {mutant.id} does not survive")
    return stale


def _variants(tests: Iterable[UnitTest]) -> list[tuple[str, list[UnitTest]]]:
    """Tests by the SQL that they test: an override of `is_incremental` makes another one."""
    by_sql: dict[str, list[UnitTest]] = {}
    for test in tests:
        by_sql.setdefault(test.sql, []).append(test)
    return list(by_sql.items())


@dataclass(frozen=True)
class _Case:
    """A unit test in a schema of its own, as it is or with neighbours."""

    test: UnitTest
    schema: str
    added: int
    expected: Counter[Any]

    @property
    def columns(self) -> str:
        return ", ".join(f'"{column}"' for column in self.test.columns)


@dataclass
class _Bench:
    """A database in memory with the given and expected rows of some unit tests."""

    con: duckdb.DuckDBPyConnection
    watch: _Watch
    cases: list[_Case] = field(default_factory=list)
    alone: list[_Case] = field(default_factory=list)

    def add_test(self, test: UnitTest) -> None:
        """Sets up a unit test as it is."""
        schema = f'"{test.name}"'
        self.con.execute(f"create schema {schema}")
        self.con.execute(f"set search_path = {schema}")
        for name, rows in test.fixtures.items():
            self.con.execute(f'create table {schema}."{name}" as {rows}')
        columns = ", ".join(f'"{column}"' for column in test.columns)
        self.con.execute(
            f"create table {schema}.{EXPECTED} as select {columns} from ({test.sql}) limit 0"
        )
        self.con.execute(f"insert into {schema}.{EXPECTED} {test.expected}")
        self.cases.append(self._case(test, test.name, 0))

    def beside(self, test: UnitTest, name: str, laws: Iterable[Law]) -> _Case:
        """A copy of a unit test with the neighbours of some laws, in a schema of the given name."""
        schema = f"{test.name} beside {name}"
        self.con.execute(f'drop schema if exists "{schema}" cascade')
        self.con.execute(f'create schema "{schema}"')
        for table in (*test.fixtures, EXPECTED):
            self.con.execute(f'create table "{schema}"."{table}" as from "{test.name}"."{table}"')
        added = 0
        by_kind: dict[Neighbour, list[str]] = {}
        for law in laws:
            by_kind.setdefault(law.neighbour, []).append(FIXTURE_PREFIX + law.relation)
        # strangers first: a second organization has the same ones
        for kind in (Neighbour.NOBODY, Neighbour.OTHER_TIME):
            for table in by_kind.get(kind, ()):
                number = list(test.fixtures).index(table) + 1
                added += add_rows(self.con, schema, [table], kind, number)
        if Neighbour.MANY_DATES in by_kind:
            added += cut_catalogue(self.con, schema, test.fixtures)
        for kind in (Neighbour.ORGANIZATION, Neighbour.PERIOD):
            if kind in by_kind:
                added += add_rows(self.con, schema, [*test.fixtures, EXPECTED], kind)
        return self._case(test, schema, added)

    def _case(self, test: UnitTest, schema: str, added: int) -> _Case:
        columns = ", ".join(f'"{column}"' for column in test.columns)
        expected = _rows(self.con, f'select {columns} from "{schema}".{EXPECTED}')
        return _Case(test, schema, added, expected)

    def still_holds(self, case: _Case, sql: str, law: Law, number: int) -> bool:
        """Whether a case passes with strangers in one more table; if not, they leave again."""
        self.con.execute("begin")
        table = FIXTURE_PREFIX + law.relation
        added = add_rows(self.con, case.schema, [table], law.neighbour, number)
        kept = bool(added) and self.holds(case, sql)
        self.con.execute("commit" if kept else "rollback")
        return kept

    def assert_baseline(self, sql: str) -> None:
        for case in self.cases:
            test = case.test
            if self.passes(case, sql) is not test.passes:
                raise BaselineError(
                    f"{test.model}: {test.name} {'passes' if test.passes else 'fails'} in dbt, "
                    "but not here"
                )
            if not test.passes:
                raise BaselineError(f"{test.model}: {test.name} fails: mend it first")

    def add_neighbours(self, sql: str, laws: Collection[Law]) -> None:
        """All neighbours of a test at once, one by one where they interfere.

        The test `alone` judges after them: a neighbour may stand where it looked at an end.
        """
        cases = []
        for case in self.cases:
            test = case.test
            own = sorted((law for law in laws if law.unit_test == test.name), key=repr)
            together = self.beside(test, "all", own) if own else case
            if self.holds(together, sql):
                cases.append(together)
            else:
                cases.append(case)
                for kind in dict.fromkeys(law.neighbour for law in own):
                    same = [law for law in own if law.neighbour is kind]
                    cases.append(self.beside(test, kind.value, same))
        self.alone = [case for case in self.cases if case not in cases]
        self.cases = cases

    def judge(self, mutant: Mutant) -> Judged:
        for case in (*self.cases, *self.alone):
            try:
                if not self.passes(case, mutant.sql):
                    return Judged(mutant, Verdict.KILLED, case.schema)
            except _UNBOUND:
                return Judged(mutant, Verdict.INVALID)
            except duckdb.Error:
                return Judged(mutant, Verdict.KILLED, case.schema)
        return Judged(mutant, Verdict.SURVIVED)

    def holds(self, case: _Case, sql: str) -> bool:
        """Whether a case passes; one that stops with an error does not."""
        try:
            return self.passes(case, sql)
        except duckdb.Error:
            return False

    def passes(self, case: _Case, sql: str) -> bool:
        self.con.execute(f'set search_path = "{case.schema}"')
        with self.watch.limited():
            actual = _rows(self.con, f"select {case.columns} from ({sql}) as actual")
        return actual == case.expected


class _Watch(threading.Thread):
    """Interrupts a statement that runs far longer than a correct one; one thread for them all."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        super().__init__(daemon=True)
        self._con = con
        self._deadline: float | None = None
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(1.0):
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                self._con.interrupt()

    @contextmanager
    def limited(self) -> Iterator[None]:
        self._deadline = time.monotonic() + _TIMEOUT_SECONDS
        try:
            yield
        finally:
            self._deadline = None

    def stop(self) -> None:
        self._done.set()
        self.join()


@contextmanager
def _bench(tests: Iterable[UnitTest]) -> Iterator[_Bench]:
    """Sets up unit tests as they are."""
    con = duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})
    watch = _Watch(con)
    watch.start()
    try:
        con.execute("set TimeZone = 'UTC'")
        bench = _Bench(con, watch)
        for test in tests:
            bench.add_test(test)
        yield bench
    finally:
        watch.stop()
        con.close()


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> Counter[Any]:
    """The rows of a query, in no order."""
    return Counter(_hashable(row) for row in con.execute(sql).fetchall())


def _hashable(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_hashable(item) for item in value)
    if isinstance(value, dict):
        return tuple(sorted((key, _hashable(item)) for key, item in value.items()))
    return value


def regenerated(sql: str) -> str:
    """SQL as it is written after parsing: mutants differ from this in one place."""
    return parsed(sql).sql(dialect=DIALECT)
