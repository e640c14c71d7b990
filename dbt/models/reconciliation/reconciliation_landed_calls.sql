-- Grain: one row per organization and period of the run with calls.
-- The calls that were landed in a period's voice window: by day, each once, as they were counted
-- when the day was last touched; and all rows of today, so that a day that was touched and not
-- counted again shows.
{{ config(materialized='table') }}
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

daily_landed as (

    select * from {{ ref('reconciliation_daily_landed') }}

),

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

kept as (

    select
        org,
        period_start,
        sum(landed_calls)::bigint as landed_calls,
        sum(distinct_calls)::bigint as distinct_calls
    from daily_landed
    group by org, period_start

),

present as (

    select
        scope.org,
        scope.period_start,
        count(*) as present_calls
    from scope
    inner join calls
        on
            scope.org = calls.org
            and scope.voice_from <= calls.start_at
            and scope.voice_to > calls.start_at
    group by scope.org, scope.period_start

)

select
    scope.org,
    scope.period_start,
    coalesce(kept.landed_calls, 0) as landed_calls,
    coalesce(kept.distinct_calls, 0) as distinct_calls,
    coalesce(present.present_calls, 0) as present_calls
from scope
left join kept
    on
        scope.org = kept.org
        and scope.period_start = kept.period_start
left join present
    on
        scope.org = present.org
        and scope.period_start = present.period_start
where kept.org is not null or present.org is not null
