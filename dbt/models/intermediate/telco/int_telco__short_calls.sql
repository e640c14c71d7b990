-- Grain: one row per organization and period of the scope with a short-call surcharge.
-- Rule: VOX-7, all short calls are charged if there are enough completed outbound calls and the
-- short ones are a large enough share of them (both bounds inclusive).
-- Guarantees: BYOC and calls of another currency are in neither count.
{{ config(materialized='view') }}
with

totals as (

    select * from {{ ref('int_telco__call_totals') }}

),

scope as (

    select * from {{ ref('int_periods__scope') }}
    where short_call_rate is not null

),

counted as (

    select
        scope.org,
        scope.period_start,
        scope.short_call_rate,
        scope.short_call_min_calls,
        scope.short_call_min_share,
        coalesce(sum(totals.completed_outbound_calls), 0)::bigint as completed_calls,
        coalesce(sum(totals.short_calls), 0)::bigint as short_calls
    from scope
    left join totals
        on
            scope.org = totals.org
            and scope.period_start = totals.period_start
    group by
        scope.org,
        scope.period_start,
        scope.short_call_rate,
        scope.short_call_min_calls,
        scope.short_call_min_share

)

select
    org,
    period_start,
    short_call_rate,
    completed_calls,
    short_calls,
    completed_calls >= short_call_min_calls
    and short_calls >= completed_calls * short_call_min_share as is_charged
from counted
