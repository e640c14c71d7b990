-- Grain: one row per organization, period of the run, service, market and whether the currency is
-- the contract's.
-- The rated calls of a period: the sums of its days.
{{ config(materialized='table') }}
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

daily_calls as (

    select * from {{ ref('reconciliation_daily_calls') }}

)

select
    scope.org,
    scope.period_start,
    daily_calls.service,
    daily_calls.market,
    daily_calls.is_in_contract_currency,
    sum(daily_calls.calls)::bigint as calls,
    min(daily_calls.first_start_at) as first_start_at,
    max(daily_calls.last_start_at) as last_start_at,
    -- own minutes as they stand, all others in seconds: a sixtieth has no end in decimals
    {{ round_ratio(
        '(' ~ in_micro('sum(daily_calls.own_minutes)') ~ ' * ' ~ seconds_per_minute()
        ~ ' + sum(daily_calls.other_seconds)::hugeint * ' ~ micro() ~ ')',
        '(' ~ micro() ~ '::hugeint * ' ~ seconds_per_minute() ~ ')'
    ) | indent(4) }} as adjusted_minutes,
    sum(daily_calls.cdr_cost) as cdr_cost,
    sum(daily_calls.rated_cost) as rated_cost,
    sum(daily_calls.billed_cost) as billed_cost,
    sum(daily_calls.own_cdr_cost) as own_cdr_cost,
    sum(daily_calls.own_billed_cost) as own_billed_cost,
    sum(daily_calls.completed_outbound_calls)::bigint as completed_outbound_calls,
    sum(daily_calls.short_calls)::bigint as short_calls
from scope
inner join daily_calls
    on
        scope.org = daily_calls.org
        and scope.period_start = daily_calls.period_start
group by
    scope.org,
    scope.period_start,
    daily_calls.service,
    daily_calls.market,
    daily_calls.is_in_contract_currency
