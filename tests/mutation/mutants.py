"""Small wrong changes of a rule's SQL, one at a time.

Each operator is a kind of slip that a person makes: a bound that leaves its edge out, a filter
forgotten, a join that keeps or loses rows. A mutant is named by where it is and what it changes,
not by a line number, so that an edit elsewhere in the model leaves its name alone.

What is not changed, because no rule is in it: messages (a check's `detail`), formats and
patterns (string arguments of functions; the functions themselves are taken away), the select list
of an `exists`, the length of a type, and the order of rows that nothing reads in order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlglot import exp, parse_one

DIALECT = "duckdb"
_FINAL = "final"
_ID_LENGTH = 8

_BOUNDS = {exp.GTE: exp.GT, exp.GT: exp.GTE, exp.LTE: exp.LT, exp.LT: exp.LTE}
_SWAPPED_AGGREGATES = {
    exp.Sum: exp.Max,
    exp.Max: exp.Min,
    exp.Min: exp.Max,
    exp.ArgMax: exp.ArgMin,
    exp.ArgMin: exp.ArgMax,
    exp.LogicalAnd: exp.LogicalOr,
    exp.LogicalOr: exp.LogicalAnd,
    exp.First: exp.Last,
    exp.Last: exp.First,
    exp.FirstValue: exp.LastValue,
    exp.LastValue: exp.FirstValue,
    exp.Lead: exp.Lag,
    exp.Lag: exp.Lead,
    exp.RowNumber: exp.DenseRank,
}
_TAKEN_AWAY = (
    exp.Lower,
    exp.Upper,
    exp.Trim,
    exp.RegexpReplace,
    exp.Replace,
    exp.Abs,
    exp.Sign,
    exp.Nullif,
    exp.TimestampTrunc,
    exp.DateTrunc,
    exp.LastDay,
    exp.Ceil,
    exp.Floor,
)
_FACTORS = (
    exp.Mul,
    exp.IntDiv,
    exp.Div,
    exp.Mod,
    exp.BitwiseLeftShift,
    exp.BitwiseRightShift,
    exp.BitwiseAnd,
)
_MESSAGES = {"detail", "failure"}
_EXTREMES = {exp.Greatest: exp.Least, exp.Least: exp.Greatest}
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_STRINGS_STAY_IN = (exp.Anonymous, exp.Func)
_STRINGS_CHANGE_IN = (exp.Coalesce, exp.Case, exp.If, exp.Nullif, exp.ArgMax, exp.ArgMin, exp.Max)


@dataclass(frozen=True)
class Mutant:
    """One wrong change of a model.

    Attributes:
        id: `<cte>.<operator>.<hash>`; the same as long as this place of the model stays as it is.
        operator: the kind of slip.
        change: what it changes, for people.
        sql: the whole model, changed.
    """

    id: str
    operator: str
    change: str
    sql: str


@dataclass(frozen=True)
class Slip:
    """One wrong change, not made yet.

    Attributes:
        operator: its kind.
        node: what it replaces.
        wrong: by what.
        before: what is changed, for people; the node's text if empty.
        after: into what, likewise.
        kept: of a dropped grouping key, the other ones.
    """

    operator: str
    node: exp.Expression
    wrong: exp.Expression
    before: str = ""
    after: str = ""
    kept: tuple[exp.Expression, ...] = ()


def parsed(sql: str) -> exp.Expression:
    """The syntax tree of one statement."""
    return parse_one(sql, dialect=DIALECT)


def mutants(tree: exp.Expression, only: Collection[str] | None = None) -> Iterator[Mutant]:
    """Every mutant of a model, in the order of its text; the tree is unchanged afterwards.

    Args:
        tree: the model's query.
        only: ids of the mutants that are wanted; all by default.
    """
    holder = exp.Subquery(this=tree)
    unchanged = holder.this.sql(dialect=DIALECT)
    for mutant_id, slip in named_slips(tree):
        if only is not None and mutant_id not in only:
            continue
        slip.node.replace(slip.wrong)
        sql = holder.this.sql(dialect=DIALECT)
        slip.wrong.replace(slip.node)
        if sql == unchanged:  # a part of the tree that the dialect does not write
            continue
        yield Mutant(mutant_id, slip.operator, f"{_before(slip)} → {_after(slip)}", sql)
    tree.pop()


def mutant_ids(sql: str) -> set[str]:
    """The ids of a model's mutants."""
    return {mutant_id for mutant_id, _ in named_slips(parsed(sql))}


def named_slips(tree: exp.Expression) -> Iterator[tuple[str, Slip]]:
    """Every slip that can be made in a model, with the id of its mutant."""
    seen: Counter[tuple[str, ...]] = Counter()
    names = _places(tree)
    for slip in list(_slips(tree)):
        place = names[id(slip.node)]
        key = (place, slip.operator, _before(slip), _after(slip))
        number = seen[key]
        seen[key] += 1
        digest = sha256("\0".join((*key, str(number))).encode()).hexdigest()[:_ID_LENGTH]
        yield f"{place}.{slip.operator}.{digest}", slip


def _before(slip: Slip) -> str:
    return slip.before or _text(slip.node)


def _after(slip: Slip) -> str:
    return slip.after or _text(slip.wrong)


def _text(node: exp.Expression) -> str:
    return node.sql(dialect=DIALECT, comments=False)


def _places(tree: exp.Expression) -> dict[int, str]:
    """The CTE that each node is in, by the node's identity; `final` outside of all."""
    places: dict[int, str] = {}
    waiting = [(tree, _FINAL)]
    while waiting:
        node, place = waiting.pop()
        if isinstance(node, exp.CTE):
            place = node.alias
        places[id(node)] = place
        waiting += [(child, place) for child in node.iter_expressions()]
    return places


def _slips(tree: exp.Expression) -> Iterator[Slip]:
    for node in list(tree.walk(bfs=False)):
        if _is_beside_the_rule(node):
            continue
        for operator in _OPERATORS:
            yield from operator(node)


def _is_beside_the_rule(node: exp.Expression) -> bool:
    """In a type, in a message, or in the select list of an `exists`, which says the same anyway."""
    if node.find_ancestor(exp.DataType) or isinstance(node, exp.DataType):
        return True
    child: exp.Expression = node
    while child.parent:
        parent = child.parent
        if isinstance(parent, exp.Alias) and parent.alias in _MESSAGES:
            return True
        if (
            isinstance(parent, exp.Select)
            and child.arg_key == "expressions"
            and isinstance(parent.parent, exp.Exists)
        ):
            return True
        child = parent
    return False


# ---- comparisons and conditions


def _comparisons(node: exp.Expression) -> Iterator[Slip]:
    if type(node) in _BOUNDS:
        yield Slip("bound", node, _as(node, _BOUNDS[type(node)]))
    elif isinstance(node, exp.Between):
        low, high = node.args["low"], node.args["high"]
        for below, above in ((exp.GT, exp.LTE), (exp.GTE, exp.LT)):
            yield Slip(
                "bound",
                node,
                exp.Paren(
                    this=exp.And(
                        this=below(this=node.this.copy(), expression=low.copy()),
                        expression=above(this=node.this.copy(), expression=high.copy()),
                    )
                ),
            )
    elif isinstance(node, exp.EQ) and not _is_join_key(node):
        yield Slip("comparison", node, _as(node, exp.NEQ))
    elif isinstance(node, exp.NEQ):
        yield Slip("comparison", node, _as(node, exp.EQ))
    elif isinstance(node, exp.NullSafeEQ):
        yield Slip("null", node, _as(node, exp.EQ))
    elif isinstance(node, exp.NullSafeNEQ):
        yield Slip("null", node, _as(node, exp.NEQ))


def _negations(node: exp.Expression) -> Iterator[Slip]:
    if isinstance(node, exp.Not):
        yield Slip("not", node, node.this.copy())
    elif isinstance(node, (exp.Is, exp.Exists, exp.In)) and not isinstance(node.parent, exp.Not):
        yield Slip("not", node, exp.Not(this=node.copy()))


def _conditions(node: exp.Expression) -> Iterator[Slip]:
    if isinstance(node, (exp.And, exp.Or)):
        other = exp.Or if isinstance(node, exp.And) else exp.And
        swapped = exp.Paren(this=_as(node, other))
        word, opposite = ("and", "or") if isinstance(node, exp.And) else ("or", "and")
        yield Slip("and_or", node, swapped, f"{word} {_text(node.expression)}",
                    f"{opposite} {_text(node.expression)}")  # fmt: skip
        for side, rest in ((node.this, node.expression), (node.expression, node.this)):
            if not isinstance(side, type(node)):
                yield Slip("dropped_condition", node, rest.copy(), _text(side), "nothing")
    elif isinstance(node, (exp.Where, exp.Having, exp.Qualify)) and not isinstance(
        node.this, exp.And
    ):
        yield Slip("dropped_filter", node.this, exp.true(), _text(node), "nothing")
    elif isinstance(node, exp.Join):
        on = node.args.get("on")
        if on is not None and not isinstance(on, (exp.And, exp.Boolean)):
            yield Slip("dropped_condition", on, exp.true(), f"on {_text(on)}", "on true")
    elif isinstance(node, exp.Filter):
        yield Slip("dropped_filter", node, node.this.copy())
    elif isinstance(node, exp.In) and len(node.expressions) > 1:
        for position, value in enumerate(node.expressions):
            fewer = node.copy()
            fewer.set("expressions", [v for i, v in enumerate(fewer.expressions) if i != position])
            yield Slip("dropped_value", node, fewer, f"in {_text(value)}", "nothing")
    elif isinstance(node, exp.Boolean) and not isinstance(node.parent, exp.Join):
        yield Slip("constant", node, exp.Boolean(this=not node.this))


def _cases(node: exp.Expression) -> Iterator[Slip]:
    if not isinstance(node, exp.Case):
        return
    branches, otherwise = node.args["ifs"], node.args.get("default")
    for position, branch in enumerate(branches):
        shorter = node.copy()
        rest = [b for i, b in enumerate(shorter.args["ifs"]) if i != position]
        shorter.set("ifs", rest)
        wrong = shorter if rest else (otherwise.copy() if otherwise is not None else exp.null())
        yield Slip("dropped_branch", node, wrong, f"when {_text(branch.this)}", "nothing")
    if otherwise is not None and not isinstance(otherwise, exp.Null):
        shorter = node.copy()
        shorter.set("default", None)
        yield Slip("dropped_branch", node, shorter, f"else {_text(otherwise)}", "nothing")


# ---- rows: joins, groups, unions


def _joins(node: exp.Expression) -> Iterator[Slip]:
    if not isinstance(node, exp.Join) or not (node.args.get("on") or node.args.get("using")):
        return
    wrong = node.copy()
    kind, side = (node.kind or "").upper(), (node.side or "").upper()
    if kind in {"SEMI", "ANTI"} or side in {"SEMI", "ANTI"}:
        return
    if side in {"LEFT", "RIGHT", "FULL"}:
        wrong.set("side", "LEFT" if side == "FULL" else None)
        wrong.set("kind", None if side == "FULL" else "INNER")
    else:
        wrong.set("side", "LEFT")
        wrong.set("kind", None)
    yield Slip("join_kind", node, wrong, f"{side or 'INNER'} JOIN {_text(node.this)}",
                f"{wrong.side or 'INNER'} JOIN")  # fmt: skip


def _sets(node: exp.Expression) -> Iterator[Slip]:
    if isinstance(node, (exp.Union, exp.Except, exp.Intersect)):
        if isinstance(node, exp.Union) and not isinstance(node.parent, exp.Union):
            is_distinct = bool(node.args.get("distinct"))
            other = node.copy()
            for link in other.find_all(exp.Union):
                link.set("distinct", not is_distinct)
            kinds = ("union", "union all") if is_distinct else ("union all", "union")
            before = f"{kinds[0]} {_head(node.expression)}"
            yield Slip("union", node, other, before, kinds[1])
        for side, rest in ((node.this, node.expression), (node.expression, node.this)):
            if isinstance(side, type(node)):
                continue
            kept = rest.copy()
            if node.args.get("with_"):
                kept.set("with_", node.args["with_"].copy())
            yield Slip("dropped_rows", node, kept, _head(side), "nothing")
    elif isinstance(node, exp.Select):
        distinct = node.args.get("distinct")
        if distinct:
            plain = node.copy()
            plain.set("distinct", None)
            yield Slip("dropped_distinct", node, plain, "distinct", "nothing")
        if node.args.get("limit"):
            unlimited = node.copy()
            unlimited.set("limit", None)
            yield Slip("dropped_limit", node, unlimited, "limit", "nothing")
        yield from _groups(node)


def _head(node: exp.Expression) -> str:
    """Enough of a branch of a union to tell it from the others."""
    tables = ", ".join(_text(table) for table in node.find_all(exp.Table))
    first = node.expressions[0] if isinstance(node, exp.Select) else node
    return f"select {_text(first)} … from {tables}"


def _groups(select: exp.Select) -> Iterator[Slip]:
    """A key that is not grouped by any more: any of its values stands for the group."""
    group = select.args.get("group")
    if not group or len(group.expressions) < 2:
        return
    for position, key in enumerate(group.expressions):
        wrong = select.copy()
        keys = wrong.args["group"].expressions
        wrong.args["group"].set("expressions", [k for i, k in enumerate(keys) if i != position])
        for part in (*wrong.expressions, wrong.args.get("having"), wrong.args.get("qualify")):
            if part is not None:
                _take_any(part, _text(key))
        kept = tuple(k for i, k in enumerate(group.expressions) if i != position)
        yield Slip("dropped_group", select, wrong, f"group by {_text(key)}", "nothing", kept)


def _take_any(part: exp.Expression, key: str) -> None:
    for node in list(part.walk()):
        if _text(node) == key and not node.find_ancestor(exp.AggFunc):
            name = node.output_name if isinstance(node, exp.Column) else ""
            any_value = exp.AnyValue(this=node.copy())
            bare = name and isinstance(node.parent, exp.Select)
            node.replace(exp.alias_(any_value, name) if bare else any_value)


def _orders(node: exp.Expression) -> Iterator[Slip]:
    if isinstance(node, exp.Order):
        owner = node.parent
        if isinstance(owner, exp.Query) and not (
            owner.args.get("limit") or owner.args.get("distinct")
        ):
            return
        for position, key in enumerate(node.expressions):
            turned = key.copy()
            turned.set("desc", not key.args.get("desc"))
            # the dialect's default puts nulls last either way: leave them where they are
            turned.set("nulls_first", key.args.get("nulls_first"))
            yield Slip("order", key, turned)
            if len(node.expressions) > 1:
                fewer = node.copy()
                fewer.set(
                    "expressions", [k for i, k in enumerate(fewer.expressions) if i != position]
                )
                yield Slip("dropped_order", node, fewer, f"order by {_text(key)}", "nothing")
    elif isinstance(node, exp.Window):
        partition = node.args.get("partition_by") or []
        for position, key in enumerate(partition):
            wider = node.copy()
            keys = wider.args["partition_by"]
            wider.set("partition_by", [k for i, k in enumerate(keys) if i != position])
            yield Slip("dropped_group", node, wider, f"partition by {_text(key)}", "nothing")


# ---- values: aggregates, roundings, constants, arithmetic


def _aggregates(node: exp.Expression) -> Iterator[Slip]:
    if type(node) in _SWAPPED_AGGREGATES:
        yield Slip("aggregate", node, _as(node, _SWAPPED_AGGREGATES[type(node)]))
    elif isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        plain = exp.Count(this=node.this.expressions[0].copy(), big_int=True)
        yield Slip("dropped_distinct", node, plain)
    elif isinstance(node, exp.Count) and not isinstance(node.this, exp.Star):
        distinct = exp.Count(this=exp.Distinct(expressions=[node.this.copy()]), big_int=True)
        yield Slip("aggregate", node, distinct)
    elif type(node) in _EXTREMES:
        yield Slip("aggregate", node, _as(node, _EXTREMES[type(node)]))


def _roundings(node: exp.Expression) -> Iterator[Slip]:
    if isinstance(node, exp.Round):
        digits = node.args.get("decimals") or exp.Literal.number(0)
        for name in ("trunc", "round_even"):
            yield Slip(
                "rounding",
                node,
                exp.Anonymous(this=name, expressions=[node.this.copy(), digits.copy()]),
            )
    elif isinstance(node, _TAKEN_AWAY):
        yield Slip("dropped_function", node, node.this.copy())
    elif isinstance(node, exp.Coalesce):
        options = [node.this, *node.expressions]
        for position, option in enumerate(options):
            rest = [o.copy() for i, o in enumerate(options) if i != position]
            wrong = rest[0] if len(rest) == 1 else exp.Coalesce(this=rest[0], expressions=rest[1:])
            yield Slip("coalesce", node, wrong, f"{_text(node)} without {_text(option)}",
                        _text(wrong))  # fmt: skip


def _constants(node: exp.Expression) -> Iterator[Slip]:
    if not isinstance(node, exp.Literal):
        return
    if node.is_string:
        yield from _strings(node)
    elif "." in node.this or "e" in node.this.lower():
        last = node.this[:-1] + str((int(node.this[-1]) + 1) % 10)
        yield Slip("constant", node, exp.Literal.number(last), _around(node), last)
    else:
        more = str(int(node.this) + 1)
        yield Slip("constant", node, exp.Literal.number(more), _around(node), more)


def _strings(node: exp.Literal) -> Iterator[Slip]:
    owner = node.parent
    if isinstance(owner, exp.Cast) and _ISO_DATE.match(node.this):
        earlier = dt.date.fromisoformat(node.this[:10]) - dt.timedelta(days=1)
        text = earlier.isoformat() + node.this[10:]
        yield Slip("constant", node, exp.Literal.string(text), _around(node))
    elif isinstance(owner, exp.Interval):
        more = str(int(node.this) + 1)
        yield Slip("constant", node, exp.Literal.string(more), _around(node), more)
    elif isinstance(owner, (exp.Cast, exp.In)) or (
        isinstance(owner, _STRINGS_STAY_IN) and not isinstance(owner, _STRINGS_CHANGE_IN)
    ):
        return  # a dropped value is the slip of a list
    else:
        yield Slip("constant", node, exp.Literal.string(node.this + "~"), _around(node))


def _around(node: exp.Expression) -> str:
    """A constant with what it stands in: a bare `1` names nothing."""
    owner = node.parent
    if owner is None or isinstance(owner, (exp.Query, exp.Case)):
        return _text(node)
    text = _text(owner)
    return f"{_text(node)} in {text}" if len(text) < 200 else _text(node)


def _arithmetic(node: exp.Expression) -> Iterator[Slip]:
    if isinstance(node, exp.Add):
        yield Slip("sign", node, exp.Paren(this=_as(node, exp.Sub)))
    elif isinstance(node, exp.Sub):
        yield Slip("sign", node, exp.Paren(this=_as(node, exp.Add)))
    elif isinstance(node, exp.Neg):
        yield Slip("sign", node, node.this.copy())
    elif isinstance(node, _FACTORS):
        yield Slip("dropped_factor", node, node.this.copy())


def _as(node: exp.Expression, kind: type[exp.Expression]) -> exp.Expression:
    """The same arguments under another operator."""
    return kind(**{name: _copied(value) for name, value in node.args.items()})


def _copied(value: object) -> object:
    if isinstance(value, exp.Expression):
        return value.copy()
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _is_join_key(node: exp.Expression) -> bool:
    """Whether a comparison is one of those that a join is on: there, forgetting it is the slip."""
    child = node
    while isinstance(child.parent, (exp.And, exp.Paren)):
        child = child.parent
    return isinstance(child.parent, exp.Join) and child.arg_key == "on"


_OPERATORS: tuple[Callable[[exp.Expression], Iterator[Slip]], ...] = (
    _comparisons,
    _negations,
    _conditions,
    _cases,
    _joins,
    _sets,
    _orders,
    _aggregates,
    _roundings,
    _constants,
    _arithmetic,
)
