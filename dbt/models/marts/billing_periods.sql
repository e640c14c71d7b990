-- Grain: one row per organization and period that has begun, or that a run was asked for, and each
-- that leads to a contract's known end.
-- The public face of the period spine (PER): it joins and names, and decides nothing.
-- Guarantees: the first period that is not in force is shown as soon as the spine reaches it, since
-- usage after it is unassigned (PER-7) from the day it is landed, not from the day it begins.
{{ config(materialized='table') }}

with

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

run as (

    select * from {{ ref('stg_ops__run') }}

),

requests as (

    select * from {{ ref('stg_ops__run_requests') }}

),

ends as (

    select
        org,
        min(period_start) as first_ended_start
    from periods
    where phase = 'ended'
    group by org

)

select
    periods.org,
    periods.period_index,
    periods.period_start,
    periods.period_end,
    periods.invoice_month,
    periods.phase,
    periods.starts_at,
    periods.ends_at,
    periods.voice_from,
    periods.voice_to,
    least(periods.period_end, (run.as_of - 1)::date) as coverage_through,
    run.as_of <= periods.period_end as is_open
from periods
cross join run
left join requests
    on
        periods.org = requests.org
        and periods.invoice_month = requests.invoice_month
left join ends
    on periods.org = ends.org
where
    periods.period_start <= run.as_of
    or requests.org is not null
    or periods.period_start <= ends.first_ended_start
