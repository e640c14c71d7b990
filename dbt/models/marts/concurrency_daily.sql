-- Grain: one row per organization with a concurrent contract and local day of the period,
-- through the last day that usage covers (PER-6).
-- The day's peak by the login sessions and the minutes at it (LIC-7's sweep), beside the
-- vendor's.
{{ config(pre_hook="{{ replace_scope() }}") }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

subjects as (

    select * from {{ ref('int_licences__sweep_subjects') }}
    where sweep_subject = 'pool'

),

subject_days as (

    select * from {{ ref('int_licences__subject_days') }}

),

level_times as (

    select * from {{ ref('int_licences__level_times') }}

),

cx_pool as (

    select * from {{ ref('int_licences__cx_pool') }}

),

report_days as (

    select * from {{ ref('int_licences__daily_report') }}

),

session_days as (

    select
        subject_number,
        usage_date,
        max(users) as peak_users,
        arg_max(duration_microseconds, users) as peak_microseconds
    from level_times
    group by
        subject_number,
        usage_date

),

days as (

    -- no session on a day is a peak of 0; no session in the whole period is no evidence
    select
        scope.org,
        scope_months.invoice_month,
        scope.period_start,
        subject_days.usage_date,
        case
            when cx_pool.evidence = 'sessions' then coalesce(session_days.peak_users, 0)
        end::bigint as peak_users,
        case
            when cx_pool.evidence = 'sessions'
                then {{ microseconds_as_minutes('coalesce(session_days.peak_microseconds, 0)') }}
        end as minutes_at_peak
    from scope
    inner join scope_months
        on
            scope.org = scope_months.org
            and scope.invoice_month = scope_months.invoice_month
    inner join cx_pool
        on
            scope.org = cx_pool.org
            and scope.period_start = cx_pool.period_start
    inner join subjects
        on
            scope.org = subjects.org
            and scope.period_start = subjects.period_start
    inner join subject_days
        on subjects.subject_number = subject_days.subject_number
    left join session_days
        on
            subject_days.subject_number = session_days.subject_number
            and subject_days.usage_date = session_days.usage_date
    where subject_days.usage_date <= scope.coverage_through

)

select
    days.org,
    days.invoice_month,
    days.period_start,
    days.usage_date,
    days.peak_users,
    days.minutes_at_peak,
    report_days.peak_users as vendor_peak_users,
    report_days.minutes as vendor_minutes_at_peak,
    report_days.peak_users - days.peak_users as peak_difference,
    (report_days.minutes - days.minutes_at_peak)::decimal(18, 6) as minutes_difference
from days
left join report_days
    on
        days.org = report_days.org
        and days.period_start = report_days.period_start
        and days.usage_date = report_days.usage_date
