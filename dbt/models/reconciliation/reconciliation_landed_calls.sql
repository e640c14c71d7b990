-- Grain: one row per organization and period of the run with calls.
-- The calls that were landed in a period's voice window, each once: counted from the landed rows,
-- by the identity of a call (VOX-10), without the rules' way of finding the row that counts.
{{ config(materialized='table') }}
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

)

select
    scope.org,
    scope.period_start,
    count(*) as landed_calls,
    count(
        distinct hash(
            calls.sip_call_id,
            lower(calls.direction),
            calls.start_at,
            calls.origin,
            calls.destination
        )
    ) as distinct_calls
from scope
inner join calls
    on
        scope.org = calls.org
        and scope.voice_from <= calls.start_at
        and scope.voice_to > calls.start_at
group by scope.org, scope.period_start
