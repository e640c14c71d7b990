-- Grain: one row per organization and period that has begun, or that a run was asked for.
-- The public face of the period spine (PER): it joins and names, and decides nothing.
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
where
    periods.period_start <= run.as_of
    or requests.org is not null
