-- Grain: one row per organization, period of the run, service, market and whether the currency is
-- the contract's.
-- The one pass of reconciliation over the rated calls.
{{ config(materialized='table') }}
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

rated_calls as (

    select * from {{ ref('rated_calls') }}

)

select
    scope.org,
    scope.period_start,
    rated_calls.service,
    rated_calls.market,
    rated_calls.is_in_contract_currency,
    count(*) as calls,
    min(rated_calls.start_at) as first_start_at,
    max(rated_calls.start_at) as last_start_at,
    -- own minutes as they stand, all others in seconds: a sixtieth has no end in decimals
    {{ round_ratio(
        'sum(case when rated_calls.has_own_minutes then '
        ~ in_micro('rated_calls.adjusted_minutes') ~ ' * ' ~ seconds_per_minute()
        ~ ' else rated_calls.adjusted_seconds::hugeint * ' ~ micro() ~ ' end)',
        '(' ~ micro() ~ '::hugeint * ' ~ seconds_per_minute() ~ ')'
    ) | indent(4) }} as adjusted_minutes,
    sum(rated_calls.cdr_cost) filter (where rated_calls.currency = scope.currency) as cdr_cost,
    sum(rated_calls.rated_cost) filter (where rated_calls.currency = scope.currency) as rated_cost,
    sum(rated_calls.billed_cost) as billed_cost,
    coalesce(sum(rated_calls.cdr_cost), 0) as own_cdr_cost,
    coalesce(
        sum(rated_calls.billed_cost) filter (where rated_calls.cdr_cost is not null), 0
    ) as own_billed_cost,
    count(*) filter (
        where
        rated_calls.service in ('outbound', 'extended_outbound')
        and rated_calls.is_in_contract_currency
        and rated_calls.adjusted_seconds > 0
    ) as completed_outbound_calls,
    count(*) filter (where rated_calls.is_short_call) as short_calls
from scope
inner join rated_calls
    on
        scope.org = rated_calls.org
        and scope.period_start = rated_calls.period_start
group by
    scope.org,
    scope.period_start,
    rated_calls.service,
    rated_calls.market,
    rated_calls.is_in_contract_currency
