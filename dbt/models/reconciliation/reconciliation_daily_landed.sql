-- Grain: one row per organization, period, and UTC day on which calls of the period were landed.
-- The calls that were landed in a period's voice window, each once: counted from the landed rows,
-- by the identity of a call (VOX-10), without the rules' way of finding the row that counts. A day
-- that no new file touches is kept: equal calls start on one day.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=["{{ forget_due_days('reconciliation_due_days') }}", "{{ joins_as_written() }}"],
    post_hook="{{ planned_as_usual() }}",
    meta={'is_rebuilt_by_version': true},
) }}
with

scope as (

    select
        scope.org,
        scope.period_start,
        greatest(scope.voice_from, due_days.due_from) as counted_from,
        least(scope.voice_to, due_days.due_to) as counted_to
    from {{ ref('reconciliation_scope') }} as scope
    inner join {{ ref('reconciliation_due_days') }} as due_days
        on
            scope.org = due_days.org
            and scope.period_start = due_days.period_start

),

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

)

select
    scope.org,
    scope.period_start,
    calls.start_at::date as call_date,
    count(*) as landed_calls,
    {{ count_distinct_calls('calls') }} as distinct_calls
from calls
inner join scope
    on
        calls.org = scope.org
        and calls.start_at >= scope.counted_from
        and calls.start_at < scope.counted_to
group by scope.org, scope.period_start, calls.start_at::date
