-- Grain: one row per organization and period of the scope that fails.
-- Holds the invoice (VOX-11): a call in another currency than the contract's is in no line.
with

totals as (

    select * from {{ ref('int_telco__call_totals') }}
    where not is_in_contract_currency

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

by_currency as (

    select
        org,
        period_start,
        currency,
        sum(calls) as calls
    from totals
    group by
        org,
        period_start,
        currency

)

select
    by_currency.org,
    by_currency.period_start,
    'Calls in another currency than the contract''s '
    || scope.currency
    || ' are on no line: '
    || string_agg(
        by_currency.calls::varchar || ' in ' || by_currency.currency,
        ', '
        order by by_currency.calls desc, by_currency.currency asc
    )
    || '. Land them again in '
    || scope.currency
    || ', or correct the contract''s currency.' as detail
from by_currency
inner join scope
    on
        by_currency.org = scope.org
        and by_currency.period_start = scope.period_start
group by
    by_currency.org,
    by_currency.period_start,
    scope.currency
