"""Which columns of a query determine which others, and when they name a single row of it.

The keys of the relations that models read are in `grains.csv`, as their descriptions say them. From
there it follows through CTEs, joins, filters and groups. What is not understood is taken to
determine nothing, so that nothing is ever claimed too much.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlglot import exp

FIXTURE_PREFIX = "__dbt__cte__"
GRAINS = Path(__file__).with_name("grains.csv")

_NULL = exp.null().sql()
_NOT_NULL = "not null"
_Column = tuple[str, str]  # alias of the source, name
_STRICT = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Like)
_STRICT_VALUES = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Paren, exp.Cast, exp.DataType,
    exp.DataTypeParam, exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Interval, exp.Var,
)  # fmt: skip


@cache
def grains() -> dict[str, list[frozenset[str]]]:
    """The keys of each relation."""
    keys: dict[str, list[frozenset[str]]] = {}
    for relation, columns in _grain_rows():
        keys.setdefault(relation, []).append(frozenset(each.rstrip("?") for each in columns))
    return keys


@cache
def never_null() -> set[tuple[str, str]]:
    """Columns of keys that are not marked with `?`."""
    return {
        (relation, each)
        for relation, columns in _grain_rows()
        for each in columns
        if not each.endswith("?")
    }


def _grain_rows() -> list[tuple[str, list[str]]]:
    with GRAINS.open(newline="", encoding="utf-8") as text:
        return [(row["relation"], row["columns"].split()) for row in csv.DictReader(text)]


@dataclass
class Source:
    """One relation of a `from` clause: its name there, what it is, and how it is joined."""

    alias: str
    relation: exp.Expression
    on: list[exp.Expression] = field(default_factory=list)
    is_left: bool = False


class Sources:
    """The relations of one SELECT, and what determines what among their columns.

    Attributes:
        is_understood: False if a part of the `from` clause is of a kind that is not followed.
    """

    def __init__(self, select: exp.Select) -> None:
        self.select = select
        self.all: dict[str, Source] = {}
        self.is_understood = not select.args.get("laterals")
        self._filters = list(conjuncts(select.args.get("where")))
        start = select.args.get("from_")
        if start is None:
            self.is_understood = False
            return
        self._add(Source(start.this.alias_or_name, start.this))
        for join in select.args.get("joins") or []:
            side, kind = (join.side or "").upper(), (join.kind or "").upper()
            on = list(conjuncts(join.args.get("on")))
            if "SEMI" in {side, kind}:
                self._filters += on
            elif "ANTI" not in {side, kind}:
                if side not in {"", "LEFT"} or join.args.get("using") or join.args.get("method"):
                    self.is_understood = False
                self._add(Source(join.alias_or_name, join.this, on, side == "LEFT"))
                if side == "":
                    self._filters += on

    def _add(self, source: Source) -> None:
        if not isinstance(source.relation, (exp.Table, exp.Subquery)) or source.alias in self.all:
            self.is_understood = False
        self.all[source.alias] = source

    def column(self, column: exp.Column) -> _Column:
        """A column by its source; without a qualifier it is of the only source."""
        alias = column.table or (next(iter(self.all)) if len(self.all) == 1 else "")
        return alias, column.name

    def determined(self, by: Iterable[exp.Expression]) -> set[_Column]:
        """All columns that the values of some expressions determine.

        Of an expression that is no plain column nothing is known but itself, see `is_determined`.
        """
        known = {self.column(each) for each in by if isinstance(each, exp.Column)}
        if not self.is_understood:
            return known
        size = -1
        while size != len(known):
            size = len(known)
            self._by_equality(known)
            for source in self.all.values():
                names = {name for alias, name in known if alias == source.alias}
                if self._is_one_match(source, known) or identifies(source.relation, names):
                    known |= {(source.alias, name) for name in self._mentioned(source.alias)}
                    known.add((source.alias, "*"))
                else:
                    known |= {(source.alias, n) for n in implied(source.relation, names)}
        return known

    def is_row(self, known: Collection[_Column]) -> bool:
        """Whether columns determine the row of every source, and so that of the join."""
        return self.is_understood and all((alias, "*") in known for alias in self.all)

    def is_determined(
        self, expression: exp.Expression, known: Collection[_Column], given: Collection[str]
    ) -> bool:
        """Whether an expression has one value, as its columns have or because it is given."""
        if expression.sql() in given:
            return True
        if not is_plain(expression):
            return False
        return all(
            (alias, name) in known or (alias, "*") in known
            for alias, name in map(self.column, expression.find_all(exp.Column))
        )

    def _by_equality(self, known: set[_Column]) -> None:
        for filter_ in self._filters:
            if isinstance(filter_, exp.EQ):
                for left, right in ((filter_.this, filter_.expression),
                                    (filter_.expression, filter_.this)):  # fmt: skip
                    if isinstance(left, exp.Column) and self.is_determined(right, known, ()):
                        known.add(self.column(left))

    def _is_one_match(self, source: Source, known: Collection[_Column]) -> bool:
        """Whether all that a row is joined on is known, and its key is a part of it."""
        if not source.on:
            return False
        equal: set[str] = set()
        bounds = set()
        for condition in source.on:
            outer = [
                self.column(column)
                for column in condition.find_all(exp.Column)
                if self.column(column)[0] != source.alias
            ]
            if any(each not in known and (each[0], "*") not in known for each in outer):
                return False
            equal |= set(self._equated(condition, source.alias))
            bounds |= set(self._bounded(condition, source.alias))
        if {"effective_from", "effective_until"} <= bounds:
            equal.add("effective_from")
        return identifies(source.relation, equal)

    def _equated(self, condition: exp.Expression, alias: str) -> Iterator[str]:
        if isinstance(condition, exp.EQ):
            for own, other in ((condition.this, condition.expression),
                               (condition.expression, condition.this)):  # fmt: skip
                if (
                    isinstance(own, exp.Column)
                    and self.column(own)[0] == alias
                    and all(self.column(each)[0] != alias for each in other.find_all(exp.Column))
                ):
                    yield own.name

    def _bounded(self, condition: exp.Expression, alias: str) -> Iterator[str]:
        if isinstance(condition, (exp.GTE, exp.LT)):
            later, earlier = condition.this, condition.expression
            ends = {exp.GTE: (earlier, "effective_from"), exp.LT: (earlier, "effective_until")}
            end, name = ends[type(condition)]
            if (
                isinstance(end, exp.Column)
                and self.column(end) == (alias, name)
                and all(self.column(each)[0] != alias for each in later.find_all(exp.Column))
            ):
                yield name

    def _mentioned(self, alias: str) -> set[str]:
        return {
            column.name
            for column in self.select.find_all(exp.Column)
            if self.column(column)[0] == alias
        }


def conjuncts(condition: exp.Expression | None) -> Iterator[exp.Expression]:
    """The parts of a condition of which each must hold."""
    if isinstance(condition, (exp.Where, exp.Having, exp.Qualify, exp.Paren)):
        yield from conjuncts(condition.this)
    elif isinstance(condition, exp.And):
        yield from conjuncts(condition.this)
        yield from conjuncts(condition.expression)
    elif condition is not None:
        yield condition


def is_plain(expression: exp.Expression) -> bool:
    """Whether an expression is a function of the row's own columns alone."""
    return not any(
        isinstance(node, (exp.AggFunc, exp.Window, exp.Query, exp.UDTF, exp.Explode))
        or (isinstance(node, exp.Anonymous) and node.name.lower() in {"random", "nextval"})
        for node in expression.walk()
    )


def outputs(select: exp.Select) -> dict[str, exp.Expression]:
    """The columns of a SELECT by name."""
    return {each.alias_or_name: each.unalias() for each in select.expressions}


def identifies(relation: exp.Expression, names: Collection[str]) -> bool:  # noqa: PLR0911
    """Whether columns of a relation name a single row of it."""
    query = _query(relation)
    if isinstance(query, str):
        return any(key <= set(names) for key in grains().get(query, ()))
    if isinstance(query, exp.Union):
        return _identifies_in_union(query, names)
    if not isinstance(query, exp.Select):
        return False
    passed = _passed_on(query)
    if passed is not None:
        return identifies(passed, names)
    if _multiplies(query):
        return False
    sources = Sources(query)
    by = [outputs(query)[name] for name in names if name in outputs(query)]
    given = {each.sql() for each in by}
    known = sources.determined(by)
    group = query.args.get("group")
    if group:
        return are_plain_keys(group) and all(
            sources.is_determined(key, known, given) for key in group.expressions
        )
    if query.args.get("distinct"):
        return all(sources.is_determined(each, known, given) for each in outputs(query).values())
    if sources.is_row(known):
        return True
    first = _first_of(query)
    return first is not None and all(sources.is_determined(key, known, given) for key in first)


def implied(relation: exp.Expression, names: Collection[str]) -> set[str]:
    """Columns of a relation that others determine, even if they do not name a row of it."""
    query = _query(relation)
    if not isinstance(query, exp.Select):
        return set(names)
    passed = _passed_on(query)
    if passed is not None:
        return implied(passed, names)
    sources = Sources(query)
    columns = outputs(query)
    by = [columns[name] for name in names if name in columns]
    known = sources.determined(by)
    given = {each.sql() for each in by}
    return {n for n, each in columns.items() if sources.is_determined(each, known, given)}


def branches(union: exp.Expression) -> list[exp.Expression]:
    """The SELECTs of a chain of unions, in order."""
    if isinstance(union, exp.Subquery) and not union.alias:
        return branches(union.this)
    if isinstance(union, exp.Union):
        return [*branches(union.this), *branches(union.expression)]
    return [union]


def rejects_null(condition: exp.Expression, alias: str) -> bool:  # noqa: PLR0911
    """Whether a condition that must hold is never true where all columns of a source are null."""
    if isinstance(condition, exp.Paren):
        return rejects_null(condition.this, alias)
    if isinstance(condition, exp.And):
        return rejects_null(condition.this, alias) or rejects_null(condition.expression, alias)
    if isinstance(condition, exp.Or):
        return rejects_null(condition.this, alias) and rejects_null(condition.expression, alias)
    if isinstance(condition, exp.Not):
        inner = condition.this.unnest()
        if isinstance(inner, exp.Is):
            return isinstance(inner.expression, exp.Null) and _is_null_with(inner.this, alias)
        return isinstance(inner, (*_STRICT, exp.Column)) and rejects_null(inner, alias)
    if isinstance(condition, exp.Between):
        return _is_null_with(condition.this, alias)
    if isinstance(condition, exp.In):
        return _is_null_with(condition.this, alias)
    if isinstance(condition, _STRICT):
        return _is_null_with(condition.this, alias) or _is_null_with(condition.expression, alias)
    return isinstance(condition, exp.Column) and condition.table == alias


def _is_null_with(value: exp.Expression, alias: str) -> bool:
    """Whether a value is null where all columns of a source are: a strict function of one."""
    return all(isinstance(node, _STRICT_VALUES) for node in value.walk()) and any(
        column.table == alias for column in value.find_all(exp.Column)
    )


def are_plain_keys(group: exp.Group) -> bool:
    """Whether a `group by` lists expressions, and neither positions nor grouping sets."""
    return bool(group.expressions) and not (
        any(isinstance(key, (exp.Literal, exp.Star)) for key in group.expressions)
        or any(value for name, value in group.args.items() if name != "expressions")
    )


def _query(relation: exp.Expression) -> exp.Expression | str:
    """The query behind a name; the name itself where rows are given."""
    if isinstance(relation, exp.Subquery):
        return relation.this.unnest() if isinstance(relation.this, exp.Paren) else relation.this
    if not isinstance(relation, exp.Table):
        return relation
    if relation.name.startswith(FIXTURE_PREFIX):
        return relation.name.removeprefix(FIXTURE_PREFIX)
    if relation.find(exp.Pivot) or relation.args.get("sample"):
        return exp.null()
    recursive = any(w.args.get("recursive") for w in relation.root().find_all(exp.With))
    for cte in relation.root().find_all(exp.CTE):
        if cte.alias == relation.name:
            return exp.null() if recursive or cte.args["alias"].columns else cte.this
    return relation.name


def _passed_on(select: exp.Select) -> exp.Expression | None:
    """The relation of which a SELECT passes on rows as they are."""
    stars = [each for each in select.expressions if isinstance(each, exp.Star)]
    if not stars:
        return None
    start = select.args.get("from_")
    joins = [
        join
        for join in select.args.get("joins") or []
        if not {(join.side or "").upper(), (join.kind or "").upper()} & {"SEMI", "ANTI"}
    ]
    if joins or start is None or len(select.expressions) > 1:
        return exp.null()
    if stars[0].args.get("replace") or stars[0].args.get("rename"):
        return exp.null()
    relation: exp.Expression = start.this
    return relation


def _multiplies(select: exp.Select) -> bool:
    """Whether the select list makes several rows of one."""
    return any(
        isinstance(node, (exp.UDTF, exp.Explode))
        or (isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count))
        for each in select.expressions
        for node in each.walk()
    )


def _first_of(select: exp.Select) -> list[exp.Expression] | None:
    """What a SELECT keeps one row of: the partition of a `qualify row_number() over … = 1`."""
    for condition in conjuncts(select.args.get("qualify")):
        if isinstance(condition, exp.EQ) and isinstance(condition.this, exp.Window):
            window = condition.this
            if isinstance(window.this, exp.RowNumber) and condition.expression.name == "1":
                return window.args.get("partition_by") or []
    return None


def _identifies_in_union(union: exp.Union, names: Collection[str]) -> bool:
    columns = _names(union)
    places = [place for place, name in enumerate(columns) if name in names]
    selects = branches(union)
    if not columns or any(len(_names(each)) != len(columns) for each in selects):
        return False
    if union.args.get("distinct") and len(places) == len(columns):
        return True
    return are_told_apart(selects, places) and all(
        identifies(each, {_names(each)[place] for place in places}) for each in selects
    )


def are_distinct(query: exp.Expression) -> bool:
    """Whether no two rows of a query are alike."""
    return bool(_names(query)) and identifies(query, _names(query))


def are_told_apart(selects: list[exp.Expression], places: Collection[int] | None = None) -> bool:
    """Whether every two branches of a union have different constants in one of the columns."""
    if places is None:
        if not all(_names(each) for each in selects):
            return False
        places = range(min(len(_names(each)) for each in selects))
    constants = [{place: _constants(each, place) for place in places} for each in selects]
    return all(
        any(_differ(one[place], other[place]) for place in places)
        for number, one in enumerate(constants)
        for other in constants[number + 1 :]
    )


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    if _NOT_NULL in one | other:
        return {_NULL} in (one, other)
    return bool(one) and bool(other) and one.isdisjoint(other)


def _names(query: exp.Expression | str) -> list[str]:
    """The columns of a query in their order; none if they are not known."""
    if isinstance(query, exp.Union):
        return _names(branches(query)[0]) if not query.args.get("by_name") else []
    if not isinstance(query, exp.Select):
        return []
    passed = _passed_on(query)
    if passed is not None:
        star = query.expressions[0]
        return [] if star.args.get("except_") else _names(_query(passed))
    return [each.alias_or_name for each in query.expressions]


def _behind(relation: exp.Expression) -> exp.Expression | str:
    """The query or the relation whose rows a name passes on as they are."""
    query = _query(relation)
    passed = _passed_on(query) if isinstance(query, exp.Select) else None
    return query if passed is None else _behind(passed)


def _constants(query: exp.Expression | str, place: int) -> frozenset[str]:  # noqa: PLR0911
    """All values that a column can have, if it is written as constants, or that it has one."""
    if isinstance(query, exp.Union):
        values = [_constants(each, place) for each in branches(query)]
        if not all(values):
            return frozenset()
        together = frozenset().union(*values)
        if _NOT_NULL in together:
            return frozenset() if _NULL in together else frozenset({_NOT_NULL})
        return together
    if not isinstance(query, exp.Select):
        return frozenset()
    passed = _passed_on(query)
    if passed is not None:
        return _constants(_query(passed), place)
    if len(query.expressions) <= place:
        return frozenset()
    value = query.expressions[place].unalias().unnest()
    while isinstance(value, exp.Cast):
        value = value.this.unnest()
    if isinstance(value, (exp.Literal, exp.Boolean, exp.Null)):
        return frozenset({value.sql()})
    if isinstance(value, exp.Column):
        sources = Sources(query)
        source = sources.all.get(sources.column(value)[0])
        if source is not None and not source.is_left:
            behind = _behind(source.relation)
            if (behind, value.name) in never_null():
                return frozenset({_NOT_NULL})
            if value.name in _names(behind):
                return _constants(behind, _names(behind).index(value.name))
    return frozenset()
