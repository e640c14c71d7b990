-- Grain: one row per organization with calls outside every period in force.
-- Counted from the landed rows of those files alone that reach outside, by the identity of a call.
{{ config(materialized='table') }}
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

billing_periods as (

    select * from {{ ref('billing_periods') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

orgs as (

    select org
    from scope
    group by org

),

bounds as (

    select
        orgs.org,
        min(billing_periods.voice_from) as voice_from,
        coalesce(
            min(billing_periods.voice_from) filter (where billing_periods.phase = 'ended'),
            'infinity'::timestamp
        ) as voice_until
    from orgs
    inner join billing_periods
        on orgs.org = billing_periods.org
    group by orgs.org

),

reaching_files as (

    select
        files.file_id,
        files.org,
        bounds.voice_from,
        bounds.voice_until
    from files
    inner join bounds
        on files.org = bounds.org
    where
        files.report = 'voice_usage'
        and (files.first_at < bounds.voice_from or files.last_at >= bounds.voice_until)

)

select
    reaching_files.org,
    {{ count_distinct_calls('calls') }} as distinct_calls
from reaching_files
inner join calls
    on reaching_files.file_id = calls.file_id
where
    calls.start_at < reaching_files.voice_from
    or calls.start_at >= reaching_files.voice_until
group by reaching_files.org
