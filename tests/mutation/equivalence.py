"""Changes that make no difference, seen by their form alone; each with its argument."""

from __future__ import annotations

from sqlglot import exp

# One row per value of these columns, as the model's description says and its data tests assert.
_GRAINS = {
    "int_periods__scope": {"org", "period_start"},
    "int_periods__billing_periods": {"org", "period_start"},
    "int_telco__voice_windows": {"org", "period_start"},
    "stg_contracts__organizations": {"org"},
    "stg_ops__files": {"file_id"},
}
_FIXTURE_PREFIX = "__dbt__cte__"


def determined_by_other_keys(select: exp.Select, key: exp.Expression) -> str:
    """Why a grouping key can go: the other keys name the one row that it comes from.

    SQL wants every plain column in the `group by`, so that columns which a period has once (its
    currency, its licence model) stand there beside the period. The groups are the same without.
    """
    if not isinstance(key, exp.Column):
        return ""
    relation = _relation(select, key.table)
    grain = _GRAINS.get(relation)
    keys = {
        (column.table, column.name)
        for column in select.args["group"].expressions
        if isinstance(column, exp.Column) and column != key
    }
    if not grain or key.name in grain:
        return ""
    equal = _joined_on(select)
    for name in grain:
        own = (key.table, name)
        if own not in keys and not any(other in keys for other in equal.get(own, ())):
            return ""
    return f"{', '.join(sorted(grain))} of {relation} determine it, and are grouped by"


def different_constants(union: exp.Union) -> str:
    """Why `union` and `union all` are one: each branch is a row of constants, no two are alike."""
    branches = [
        branch
        for branch in union.find_all(exp.Select)
        if isinstance(branch.parent, exp.Union) or branch is union
    ]
    texts = {tuple(value.unalias().sql() for value in branch.expressions) for branch in branches}
    if any(branch.args.get("from_") for branch in branches) or len(texts) != len(branches):
        return ""
    return "rows of constants, no two alike"


def _relation(select: exp.Select, alias: str) -> str:
    """The relation behind an alias, through the import CTEs that only choose rows of it."""
    for source in select.find_all(exp.Table):
        if source.alias_or_name == alias or not alias:
            return _imported(select, source.name)
    return ""


def _imported(select: exp.Select, name: str) -> str:
    if name.startswith(_FIXTURE_PREFIX):
        return name.removeprefix(_FIXTURE_PREFIX)
    for cte in select.root().find_all(exp.CTE):
        body = cte.this
        if (
            cte.alias == name
            and isinstance(body, exp.Select)
            and isinstance(body.expressions[0], exp.Star)
            and not body.args.get("joins")
        ):
            return _imported(select, body.args["from_"].this.name)
    return ""


def _joined_on(select: exp.Select) -> dict[tuple[str, str], list[tuple[str, str]]]:
    equal: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for join in select.args.get("joins") or []:
        for pair in join.find_all(exp.EQ):
            left, right = pair.this, pair.expression
            if isinstance(left, exp.Column) and isinstance(right, exp.Column):
                equal.setdefault((left.table, left.name), []).append((right.table, right.name))
                equal.setdefault((right.table, right.name), []).append((left.table, left.name))
    return equal
