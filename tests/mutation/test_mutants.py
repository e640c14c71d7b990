"""The mutation tool itself: what it changes, what it lets live, and what it does not count."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest
import yaml

from dagster_project.settings import DBT_DIR
from tests.mutation.dependencies import grains
from tests.mutation.equivalence import explained
from tests.mutation.mutants import mutants, parsed
from tests.mutation.neighbours import Law, Neighbour
from tests.mutation.scoring import (
    BaselineError,
    Verdict,
    broken_laws,
    holding_laws,
    score,
    stale_arguments,
)
from tests.mutation.unit_tests import Model, UnitTest, read_unit_test

BILLED = """
with used as (
    select * from __dbt__cte__usage
    where quantity >= allowance
)
select org, quantity - allowance as overage from used
"""


def unit_test(
    sql: str = BILLED, given: str = "(5, 3), (3, 3), (2, 3)", expected: str = "(2), (0)"
) -> UnitTest:
    return UnitTest(
        name="overage",
        model="rule",
        fixtures={
            "__dbt__cte__usage": "select 'acme' as org, * "
            f"from (values {given}) as rows(quantity, allowance)"
        },
        sql=sql,
        columns=("overage",),
        expected=f"select * from (values {expected}) as rows(overage)",
        passes=True,
    )


def verdicts(test: UnitTest, **kinds: object) -> dict[str, Verdict]:
    """Verdict by what is changed."""
    judged = score(Model("rule", ("RES-4",), (test,)), argued=set(), laws=set(), **kinds).judged
    return {each.mutant.change.lower(): each.verdict for each in judged}


def changes(sql: str) -> set[str]:
    return {mutant.change.lower() for mutant in mutants(parsed(sql))}


def test_a_bound_that_a_unit_test_stands_on_is_killed() -> None:
    found = verdicts(unit_test())
    assert found["quantity >= allowance → quantity > allowance"] is Verdict.KILLED
    assert found["where quantity >= allowance → nothing"] is Verdict.KILLED
    assert found["quantity - allowance → (quantity + allowance)"] is Verdict.KILLED


def test_a_bound_that_no_unit_test_stands_on_survives() -> None:
    found = verdicts(unit_test(given="(5, 3), (2, 3)", expected="(2)"))
    assert found["quantity >= allowance → quantity > allowance"] is Verdict.SURVIVED


def test_a_change_that_makes_no_difference_survives() -> None:
    """`>=` and `>` are the same after a filter that takes the edge away."""
    sql = BILLED + "where quantity <> allowance"
    found = verdicts(unit_test(sql=sql, expected="(2)"))
    assert found["quantity >= allowance → quantity > allowance"] is Verdict.SURVIVED


def test_a_survivor_that_is_argued_equivalent_is_not_counted() -> None:
    model = Model("rule", (), (unit_test(given="(5, 3), (2, 3)", expected="(2)"),))
    plain = score(model, argued=set(), laws=set())
    survivors = {each.mutant.id for each in plain.judged if each.verdict is Verdict.SURVIVED}
    argued = score(model, argued={("rule", name) for name in survivors}, laws=set())
    assert survivors
    assert argued.count(Verdict.EQUIVALENT) == len(survivors)
    assert argued.counted == argued.killed == plain.killed


def test_an_argument_for_a_mutant_that_is_gone_or_killed_is_stale() -> None:
    weak, strong = unit_test(given="(5, 3), (2, 3)", expected="(2)"), unit_test()
    model = Model("rule", (), (weak,))
    survivors = {
        ("rule", each.mutant.id)
        for each in score(model, argued=set(), laws=set()).judged
        if each.verdict is Verdict.SURVIVED
    }
    assert survivors
    assert not stale_arguments([weak], survivors, set())
    assert len(stale_arguments([strong], survivors, set())) == len(survivors)
    assert stale_arguments([weak], {("rule", "final.bound.gone")}, set()) == {
        "rule: final.bound.gone"
    }


def test_a_model_without_unit_tests_scores_nothing() -> None:
    unproven = score(Model("rule", ("RES-4",), (), BILLED), argued=set(), laws=set())
    assert unproven.killed == 0
    assert unproven.counted == 3


def test_a_change_that_cannot_be_bound_is_not_counted() -> None:
    """No build would get as far as a test."""
    days = "cast('2026-03-02' as date) - cast('2026-03-01' as date)"
    found = verdicts(unit_test(sql=f"select ({days})::integer as overage", expected="(1)"))
    assert found[f"{days} → ({days.replace(' - ', ' + ')})"] is Verdict.INVALID


def test_a_unit_test_that_fares_otherwise_than_in_dbt_is_an_error() -> None:
    with pytest.raises(BaselineError, match="not here"):
        verdicts(unit_test(expected="(7)"))


def test_every_mutant_differs_in_one_place_and_has_a_name_of_its_own() -> None:
    tree = parsed(BILLED)
    before = tree.sql(dialect="duckdb")
    found = list(mutants(tree))
    assert tree.sql(dialect="duckdb") == before
    assert len({mutant.id for mutant in found}) == len(found) == 3
    assert all(mutant.sql != before for mutant in found)


def test_a_mutant_keeps_its_name_when_another_place_is_edited() -> None:
    edited = BILLED.replace("quantity - allowance as", "allowance * 0 + quantity as")
    name = {mutant.id for mutant in mutants(parsed(BILLED)) if "used.bound" in mutant.id}
    assert name
    assert name <= {mutant.id for mutant in mutants(parsed(edited))}


@pytest.mark.parametrize(
    ("sql", "change"),
    [
        ("select a from t where a and b", "and b → or b"),
        ("select a from t where a or b", "b → nothing"),
        ("select a from t where not a", "not a → a"),
        ("select a from t where b is null", "b is null → not b is null"),
        ("select a from t where b in (1, 2)", "in 2 → nothing"),
        ("select a from t where b between 1 and 2", "b between 1 and 2 → (b > 1 and b <= 2)"),
        ("select a from t left join u on t.x = u.x", "left join u → inner join"),
        ("select a from t join u on t.x = u.x", "on t.x = u.x → on true"),
        ("select sum(a) from t", "sum(a) → max(a)"),
        ("select count(distinct a) from t", "count(distinct a) → count(a)"),
        ("select count(*) filter (where a) from t", "count(*) filter(where a) → count(*)"),
        ("select round(a, 2) from t", "round(a, 2) → trunc(a, 2)"),
        ("select round(a, 2) from t", "round(a, 2) → round_even(a, 2)"),
        ("select coalesce(a, 0) from t", "coalesce(a, 0) without 0 → a"),
        ("select case when a then 1 else 2 end from t", "when a → nothing"),
        ("select case when a then 1 else 2 end from t", "else 2 → nothing"),
        ("select a from t where b = 'x'", "'x' in b = 'x' → 'x~'"),
        ("select date '2026-03-01' from t", "2026-02-28"),
        ("select -a from t", "-a → a"),
        ("select a * b from t", "a * b → a"),
        ("select row_number() over (partition by x, y order by z) from t",
         "partition by x → nothing"),
        ("select row_number() over (order by z) from t", "z → z desc"),
        ("select distinct a from t", "distinct → nothing"),
        ("select a, b, sum(c) from t group by a, b", "group by b → nothing"),
        ("select a from t union all select a from u", "union all select a … from u → union"),
        ("select lower(a) from t", "lower(a) → a"),
    ],
)  # fmt: skip
def test_each_kind_of_slip_is_made(sql: str, change: str) -> None:
    assert any(change in made for made in changes(sql)), changes(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select a || ' has no rate' as detail from t",
        "select a::decimal(18, 6) from t",
        "select a from t order by a",
        "select strftime(a, '%Y') from t",
    ],
)
def test_what_is_beside_the_rule_is_left_alone(sql: str) -> None:
    assert not changes(sql)


def seen_equivalent(sql: str) -> set[str]:
    """What is changed by the mutants that the form of the SQL shows to be equivalent."""
    made = {mutant.id: mutant.change.lower() for mutant in mutants(parsed(sql))}
    return {made[mutant] for mutant in explained(sql, set(made))}


SCOPE = "__dbt__cte__int_periods__scope as scope"
ON_SCOPE = "on calls.org = scope.org and calls.period_start = scope.period_start"


def test_a_grouping_key_that_others_determine_makes_no_difference() -> None:
    sql = f"""
        select calls.org, calls.period_start, scope.currency, calls.service, sum(calls.cost)
        from __dbt__cte__calls as calls inner join {SCOPE} {ON_SCOPE}
        group by calls.org, calls.period_start, scope.currency, calls.service
    """
    assert seen_equivalent(sql) == {"group by scope.currency → nothing"}
    unkeyed = sql.replace("int_periods__scope", "anything")
    assert not seen_equivalent(unkeyed)
    half_joined = sql.replace("and calls.period_start = scope.period_start", "")
    assert not seen_equivalent(half_joined)


def test_a_key_is_followed_through_a_cte_and_a_group() -> None:
    sql = """
        with users as (
            select org, user_key, max(tier) as tier from __dbt__cte__seen group by org, user_key
        )
        select org, row_number() over (partition by org order by user_key) as place,
            row_number() over (partition by org order by tier) as tied
        from users
    """
    assert seen_equivalent(sql) == {"row_number() → dense_rank()"}
    ids = {m.id: m.sql for m in mutants(parsed(sql)) if m.operator == "aggregate"}
    (alike,) = set(explained(sql, set(ids)))
    assert "DENSE_RANK() OVER (PARTITION BY org ORDER BY user_key)" in ids[alike]


@pytest.mark.parametrize(
    ("condition", "is_dropped"),
    [
        ("scope.currency = 'USD'", True),
        ("scope.currency is not null", True),
        ("not scope.is_trial", True),
        ("scope.period_end + 1 > calls.day and calls.cost > 0", True),
        ("scope.currency = 'USD' or scope.is_trial", True),
        ("scope.currency = 'USD' or calls.cost > 0", False),
        ("scope.currency is null", False),
        ("coalesce(scope.currency, 'USD') = 'USD'", False),
        ("scope.currency is distinct from 'USD'", False),
    ],
)
def test_a_row_without_a_match_that_a_condition_drops_makes_no_difference(
    condition: str, is_dropped: bool
) -> None:
    calls = "select calls.a from __dbt__cte__calls as calls"
    sql = f"{calls} inner join {SCOPE} {ON_SCOPE} where {condition}"
    change = "inner join __dbt__cte__int_periods__scope as scope → left join"
    assert (change in seen_equivalent(sql)) is is_dropped


def test_a_later_join_drops_what_an_earlier_one_kept() -> None:
    sql = f"""
        select calls.a from __dbt__cte__calls as calls inner join {SCOPE} {ON_SCOPE}
        inner join __dbt__cte__months as months on scope.invoice_month = months.invoice_month
    """
    kept = "inner join __dbt__cte__int_periods__scope as scope → left join"
    assert seen_equivalent(sql) == {kept}
    assert not seen_equivalent(sql.replace("inner join __dbt__cte__m", "left join __dbt__cte__m"))


@pytest.mark.parametrize(
    ("sql", "is_alike"),
    [
        ("select 'a' as n union all select 'b'", True),
        ("select 'a' as n union all select 'a'", False),
        ("select 'scope', org, period_start from __dbt__cte__int_periods__scope "
         "union all select 'a', org, null from __dbt__cte__stg_contracts__organizations", True),
        ("select org, period_start from __dbt__cte__int_periods__scope "
         "union all select org, null from __dbt__cte__stg_contracts__organizations", True),
        ("select 'scope', org from __dbt__cte__int_periods__scope "
         "union all select 'a', org from __dbt__cte__stg_contracts__organizations", False),
        ("select org, period_start from __dbt__cte__int_periods__scope "
         "union all select org, period_start from __dbt__cte__int_licences__cx_pool", False),
    ],
)  # fmt: skip
def test_rows_that_are_never_alike_are_united_either_way(sql: str, is_alike: bool) -> None:
    assert any(change.endswith("→ union") for change in seen_equivalent(sql)) is is_alike


def test_an_order_is_decided_where_no_tie_is_left() -> None:
    sql = f"""
        select scope.org, rank() over (
            partition by scope.org order by scope.period_start, scope.currency
        ) as place from {SCOPE}
    """
    assert seen_equivalent(sql) == {
        "order by scope.currency → nothing",
        "scope.currency → scope.currency desc",
    }


def test_an_aggregate_of_one_value_is_any_aggregate() -> None:
    sql = f"""
        select scope.org, scope.period_start, max(scope.currency), max(calls.cost)
        from {SCOPE} inner join __dbt__cte__calls as calls {ON_SCOPE}
        group by scope.org, scope.period_start
    """
    assert seen_equivalent(sql) == {"max(scope.currency) → min(scope.currency)"}


def test_of_a_sign_no_positive_factor_matters() -> None:
    sql = "select sign(a * 100) * (abs(a) * 100) from __dbt__cte__calls"
    assert seen_equivalent(sql) == {"a * 100 → a", "100 in a * 100 → 101"}


def test_a_list_of_distinct_values_has_no_null_to_place() -> None:
    distinct = "select list_sort(list_distinct(list(a))) from __dbt__cte__calls"
    assert seen_equivalent(distinct) == {"false → true"}
    assert seen_equivalent("select list_sort(list(a)) from __dbt__cte__calls") == set()


def test_every_grain_is_of_a_relation_and_its_columns() -> None:
    described: dict[str, set[str]] = {}
    for file in (DBT_DIR / "models").rglob("*.yml"):
        for model in yaml.safe_load(file.read_text()).get("models", []):
            described[model["name"]] = {each["name"] for each in model.get("columns", [])}
    for relation, keys in grains().items():
        for key in keys:
            assert key <= described.get(relation, set()), relation


def test_dbts_statement_is_taken_apart_into_given_model_and_expected() -> None:
    test = read_unit_test(
        "t",
        "rule",
        """
        with dbt_internal_unit_test_actual as (
            select "n", 'actual' as "actual_or_expected"
            from (with __dbt__cte__x as (select cast(1 as integer) as n),
                  y as (select * from __dbt__cte__x) select n + 1 as n from y
            ) _dbt_internal_unit_test_actual
        ),
        dbt_internal_unit_test_expected as (
            select "n", 'expected' as "actual_or_expected"
            from (select cast(2 as integer) as "n") _dbt_internal_unit_test_expected
        )
        select * from dbt_internal_unit_test_actual
        union all
        select * from dbt_internal_unit_test_expected
        """,
        passes=True,
    )
    assert list(test.fixtures) == ["__dbt__cte__x"]
    assert test.columns == ("n",)
    assert score(Model("rule", (), (test,)), argued=set(), laws=set()).killed == 2


def test_a_rule_that_mixes_organizations_breaks_the_neighbours_law() -> None:
    apart = "select org, sum(quantity) as overage from __dbt__cte__usage group by org"
    mixed = "select sum(quantity) as overage from __dbt__cte__usage"
    law = Law("overage", Neighbour.ORGANIZATION)
    assert law in holding_laws([unit_test(sql=apart, expected="(10)")])
    assert law not in holding_laws([unit_test(sql=mixed, expected="(10)")])


def test_a_rule_that_bills_an_organization_without_a_contract_breaks_the_law_of_nobody() -> None:
    inner = """
        select quantity as overage from __dbt__cte__usage as usage
        inner join __dbt__cte__orgs as orgs on usage.org = orgs.org
    """
    law = Law("overage", Neighbour.NOBODY, "usage")

    def test_with(sql: str) -> UnitTest:
        given = {"__dbt__cte__orgs": "select 'acme' as org"}
        test = unit_test(sql=sql, given="(5, 3)", expected="(5)")
        return replace(test, fixtures={**test.fixtures, **given})

    assert law in holding_laws([test_with(inner)])
    assert law not in holding_laws([test_with(inner.replace("inner", "left"))])
    assert broken_laws([test_with(inner.replace("inner", "left"))], {law}) == {
        "overage beside nobody"
    }


@pytest.mark.parametrize(
    ("dates", "holds"),
    [
        ("day >= effective_from and day < effective_until", True),
        ("day > effective_from and day < effective_until", False),
        ("day >= effective_from and day <= effective_until", False),
        ("day >= effective_from", False),
    ],
)
def test_a_rule_that_reads_the_catalogue_on_a_wrong_date_breaks_the_law_of_many_dates(
    dates: str, holds: bool
) -> None:
    test = replace(
        unit_test(
            sql="select price as overage from __dbt__cte__usage "
            f"inner join __dbt__cte__prices on {dates}",
            expected="(7)",
        ),
        fixtures={
            "__dbt__cte__usage": "select date '2026-03-01' as day",
            "__dbt__cte__prices": "select 7 as price, date '1900-01-01' as effective_from, "
            "date '9999-12-31' as effective_until",
        },
    )
    assert (Law("overage", Neighbour.MANY_DATES) in holding_laws([test])) is holds


def test_decimals_are_rounded_half_away_from_zero_by_the_engine() -> None:
    """The rounding mutants mean what they say: half up, half to even and cut off differ."""
    rounded = duckdb.sql(
        "select round(n, 2), trunc(n, 2), round_even(n, 2) "
        "from (select 2.345::decimal(18, 6) as n union all select 2.355)"
    ).fetchall()
    assert rounded[0] == (Decimal("2.35"), Decimal("2.34"), Decimal("2.34"))
    assert rounded[1] == (Decimal("2.36"), Decimal("2.35"), Decimal("2.36"))
