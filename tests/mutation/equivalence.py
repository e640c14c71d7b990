"""Changes that make no difference, seen by their form alone; each with its argument.

A join that keeps unmatched rows which a later condition drops; a grouping key, an order or a
`distinct` that the others imply already; a `union` of rows that are never alike; where nulls stand
in a list that has none. What implies what is worked out in `dependencies.py` from the keys of the
relations.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from sqlglot import exp

from tests.mutation.dependencies import (
    Sources,
    are_distinct,
    are_plain_keys,
    are_told_apart,
    branches,
    conjuncts,
    rejects_null,
)
from tests.mutation.mutants import Slip, named_slips, parsed

_EXTREMES = (exp.Max, exp.Min, exp.ArgMax, exp.ArgMin, exp.LogicalAnd, exp.LogicalOr)


def explained(sql: str, wanted: Collection[str]) -> dict[str, str]:
    """Why some mutants of a model make no difference, by id; those without a reason are not there.

    Args:
        sql: the unchanged model.
        wanted: ids of the mutants in question.
    """
    tree = parsed(sql)
    reasons = {}
    for mutant_id, slip in named_slips(tree):
        if mutant_id in wanted:
            reason = next((each for each in _reasons(slip) if each), "")
            if reason:
                reasons[mutant_id] = reason
    return reasons


def _reasons(slip: Slip) -> Iterator[str]:
    for look in _LOOKS.get(slip.operator, ()):
        yield look(slip)


def _dropped_later(slip: Slip) -> str:
    """An inner join that keeps unmatched rows, which a later condition drops."""
    join = slip.node
    if not isinstance(join, exp.Join) or join.side or not isinstance(slip.wrong, exp.Join):
        return ""
    select = join.parent
    joins = select.args["joins"]
    later = joins[next(i for i, each in enumerate(joins) if each is join) + 1 :]
    if any((each.side or "").upper() in {"RIGHT", "FULL"} for each in joins):
        return ""
    conditions = list(conjuncts(select.args.get("where")))
    for each in later:
        if not each.side or "SEMI" in {(each.side or "").upper(), (each.kind or "").upper()}:
            conditions += conjuncts(each.args.get("on"))
    for condition in conditions:
        if rejects_null(condition, join.alias_or_name):
            return f"a row without a match is dropped by {condition.sql(dialect='duckdb')}"
    return ""


def _determined_key(slip: Slip) -> str:
    """A key that the other keys of the group or the partition determine."""
    node, wrong = slip.node, slip.wrong
    if isinstance(node, exp.Window):
        select = node.find_ancestor(exp.Select)
        keys, kept = node.args["partition_by"], wrong.args.get("partition_by") or []
    elif isinstance(node, exp.Select) and are_plain_keys(node.args["group"]):
        select, keys = node, node.args["group"].expressions
        kept = slip.kept
    else:
        return ""
    texts = {each.sql() for each in kept}
    dropped = [each for each in keys if each.sql() not in texts]
    if select is None or len(dropped) != 1 or not _reads_sources(select, dropped[0]):
        return ""
    sources = Sources(select)
    known = sources.determined(kept)
    if sources.is_determined(dropped[0], known, texts):
        return f"the other keys determine {dropped[0].sql(dialect='duckdb')}"
    return ""


def _no_ties(slip: Slip) -> str:
    """`row_number()` and `dense_rank()` count alike where no two rows are alike in the order."""
    window = slip.node.parent
    if not isinstance(slip.node, exp.RowNumber) or not isinstance(window, exp.Window):
        return ""
    order = window.args.get("order")
    by = [*(window.args.get("partition_by") or []), *_ordered(order)]
    select = window.find_ancestor(exp.Select)
    if select is not None and _are_rows(select, by):
        return "no two rows are alike in the order"
    return ""


def _order_decided_before(slip: Slip) -> str:
    """A key of an order of which the earlier ones leave no choice."""
    node = slip.node if isinstance(slip.node, exp.Order) else slip.node.parent
    if not isinstance(node, exp.Order):
        return ""
    window = node.parent
    if not isinstance(window, exp.Window):
        return ""
    select = window.find_ancestor(exp.Select)
    keys = _ordered(node)
    if isinstance(slip.wrong, exp.Order):
        rest = {each.sql() for each in _ordered(slip.wrong)}
        place = next((i for i, each in enumerate(keys) if each.sql() not in rest), None)
    else:
        place = next((i for i, each in enumerate(node.expressions) if each is slip.node), None)
    if select is None or place is None:
        return ""
    before = [*(window.args.get("partition_by") or []), *keys[:place]]
    if _are_rows(select, before):
        return "what comes before it in the order leaves no ties"
    sources = Sources(select)
    texts = {each.sql() for each in before}
    if sources.is_determined(keys[place], sources.determined(before), texts):
        return "what comes before it in the order determines it"
    return ""


def _never_alike(slip: Slip) -> str:
    """`union` and `union all` of rows of which no two are alike."""
    node = slip.node
    if slip.operator == "dropped_distinct" and isinstance(node, exp.Select):
        plain = node.copy()
        plain.set("distinct", None)
        node.replace(plain)
        distinct = are_distinct(plain)
        plain.replace(node)
        return "no two rows are alike" if distinct else ""
    if not isinstance(node, exp.Union):
        return ""
    selects = branches(node)
    if node.args.get("by_name") or not are_told_apart(selects):
        return ""
    if all(not each.args.get("from_") or are_distinct(each) for each in selects):
        return "the branches are told apart by a constant, and no two rows of one are alike"
    return ""


def _one_value(slip: Slip) -> str:
    """An aggregate over rows that all have one value of it."""
    node = slip.node
    select = node.find_ancestor(exp.Select)
    window = node.parent.parent if isinstance(node.parent, exp.Filter) else node.parent
    if select is None:
        return ""
    if isinstance(window, exp.Window):
        if window.args.get("order"):
            return ""
        keys = window.args.get("partition_by") or []
    elif select.args.get("group") and are_plain_keys(select.args["group"]):
        keys = select.args["group"].expressions
    else:
        return ""
    sources = Sources(select)
    known = sources.determined(keys)
    texts = {each.sql() for each in keys}
    if isinstance(node, _EXTREMES) and sources.is_determined(node.this, known, texts):
        return "it has one value in a group"
    if isinstance(node, (exp.Sum, *_EXTREMES)) and sources.is_row(known):
        return "" if _multiplied(select) else "a group is one row"
    return ""


def _same_sign(slip: Slip) -> str:
    """A positive factor of what only the sign is taken of."""
    if isinstance(slip.node, exp.Mul):  # the second factor is dropped
        factor, inner = slip.node.expression.unnest(), slip.node
    else:
        factor, inner = slip.node, slip.node.parent
    while isinstance(inner, (exp.Mul, exp.Cast, exp.Paren)):
        inner = inner.parent
    while isinstance(factor, exp.Cast):
        factor = factor.this.unnest()
    if isinstance(inner, exp.Sign) and isinstance(factor, exp.Literal) and not factor.is_string:
        return "only the sign is taken of it" if float(factor.this) > 0 else ""
    return ""


def _no_null_to_place(slip: Slip) -> str:
    """Where nulls stand in the order of a list of distinct values, which has none."""
    order = slip.node.parent
    if isinstance(order, exp.ArraySort) and slip.node.arg_key == "nulls_first":
        values = order.this
        if isinstance(values, exp.ArrayDistinct) and not values.args.get("check_null"):
            return "a list of distinct values has no null"
    return ""


def _multiplied(select: exp.Select) -> bool:
    return any(isinstance(node, (exp.UDTF, exp.Explode)) for each in select.expressions
               for node in each.walk())  # fmt: skip


def _ordered(order: exp.Order | None) -> list[exp.Expression]:
    return [each.this for each in order.expressions] if order is not None else []


def _are_rows(select: exp.Select, by: list[exp.Expression]) -> bool:
    """Whether values name a single row of what a window of a SELECT runs over."""
    if _multiplied(select) or select.args.get("windows"):
        return False
    texts = {each.sql() for each in by}
    sources = Sources(select)
    known = sources.determined(by)
    group = select.args.get("group")
    if group:
        return are_plain_keys(group) and all(
            sources.is_determined(key, known, texts) for key in group.expressions
        )
    return sources.is_row(known)


def _reads_sources(select: exp.Select, key: exp.Expression) -> bool:
    """Whether a key is made of columns of the sources, not of other columns of the select list."""
    names = {each.alias for each in select.expressions if isinstance(each, exp.Alias)}
    return not any(
        not column.table and column.name in names for column in key.find_all(exp.Column)
    ) or not select.args.get("joins")


_LOOKS: dict[str, tuple[Callable[[Slip], str], ...]] = {
    "constant": (_same_sign, _no_null_to_place),
    "dropped_factor": (_same_sign,),
    "join_kind": (_dropped_later,),
    "dropped_group": (_determined_key,),
    "aggregate": (_no_ties, _one_value),
    "order": (_order_decided_before,),
    "dropped_order": (_order_decided_before,),
    "union": (_never_alike,),
    "dropped_distinct": (_never_alike,),
}
