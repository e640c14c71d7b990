-- Grain: one row per organization, period, evidence of a billed peak, and user or day behind it.
-- Supports INV-6 for LIC-7, LIC-8 and APP-1: a peak is no sum, so it is shown by one moment at
-- which exactly so many were logged in, user by user, each with the session. The reading leaves
-- such a moment: more users were logged in for too short a time, this many for long enough.
-- Guarantees: the quantities of a peak add up to it. Days with the time at the peak stand beside
-- them with quantity 0. A peak from the daily report is the first day that shows exactly it.
-- Forbids: working out a peak; int_licences__session_peaks and __daily_report_peaks do that.
{{ config(materialized='table') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

subjects as (

    select * from {{ ref('int_licences__sweep_subjects') }}

),

session_peaks as (

    select * from {{ ref('int_licences__session_peaks') }}

),

level_times as (

    select * from {{ ref('int_licences__level_times') }}

),

watched_sessions as (

    select * from {{ ref('int_licences__watched_sessions') }}

),

sessions as (

    select * from {{ ref('int_licences__sessions') }}

),

kinds as (

    select * from {{ ref('int_licences__touching_kinds') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

daily_report_peaks as (

    select * from {{ ref('int_licences__daily_report_peaks') }}

),

daily_report as (

    select * from {{ ref('int_licences__daily_report') }}

),

peaks as (

    select
        subjects.org,
        subjects.period_start,
        subjects.sweep_subject,
        subjects.subject_number,
        subjects.starts_at,
        subjects.peak_mode,
        session_peaks.peak_users
    from session_peaks
    inner join subjects
        on
            session_peaks.org = subjects.org
            and session_peaks.period_start = subjects.period_start
            and session_peaks.sweep_subject = subjects.sweep_subject
    where session_peaks.peak_users > 0

),

first_moments as (

    select
        peaks.subject_number,
        min(level_times.first_key) as first_key
    from peaks
    inner join level_times
        on
            peaks.subject_number = level_times.subject_number
            and peaks.peak_users = level_times.users
    group by peaks.subject_number

),

moments as (

    select
        peaks.*,
        {{ sweep_key_at('first_moments.first_key', 'peaks.subject_number', 'peaks.starts_at') }}
            as moment_at
    from peaks
    inner join first_moments
        on peaks.subject_number = first_moments.subject_number

),

logged_in_users as (

    select
        moments.org,
        moments.period_start,
        moments.sweep_subject,
        moments.peak_users,
        moments.moment_at,
        watched_sessions.user_number,
        watched_sessions.to_at
    from moments
    inner join watched_sessions
        on
            moments.subject_number = watched_sessions.subject_number
            and moments.moment_at >= watched_sessions.from_at
            and moments.moment_at < watched_sessions.to_at

),

logged_in_sessions as (

    select
        logged_in_users.org,
        logged_in_users.period_start,
        logged_in_users.sweep_subject,
        logged_in_users.peak_users,
        logged_in_users.moment_at,
        kinds.user_key,
        min(
            {
                'from_at': sessions.from_at,
                'received_rank': sessions.received_rank,
                'line_number': sessions.line_number
            }
        ) as session
    from logged_in_users
    inner join sessions
        on
            logged_in_users.user_number = sessions.user_number
            and logged_in_users.to_at = sessions.to_at
            and logged_in_users.moment_at >= sessions.from_at
    inner join kinds
        on sessions.kind_number = kinds.kind_number
    where logged_in_users.sweep_subject <> 'pool' or kinds.is_pool_session
    group by
        logged_in_users.org,
        logged_in_users.period_start,
        logged_in_users.sweep_subject,
        logged_in_users.peak_users,
        logged_in_users.moment_at,
        kinds.user_key

),

times_at_peak as (

    select
        peaks.org,
        peaks.period_start,
        peaks.sweep_subject,
        peaks.peak_users,
        peaks.peak_mode,
        level_times.usage_date,
        sum(level_times.duration_microseconds) as at_peak_microseconds
    from peaks
    inner join level_times
        on
            peaks.subject_number = level_times.subject_number
            and case
                when peaks.peak_mode = 'cumulative_exact'
                    then peaks.peak_users = level_times.users
                else peaks.peak_users <= level_times.users
            end
    group by
        peaks.org,
        peaks.period_start,
        peaks.sweep_subject,
        peaks.peak_users,
        peaks.peak_mode,
        level_times.usage_date

),

report_days as (

    select
        daily_report.*,
        daily_report_peaks.low_users,
        daily_report.peak_users = daily_report_peaks.low_users
        and row_number() over (
            partition by daily_report.org, daily_report.period_start, daily_report.peak_users
            order by daily_report.usage_date
        ) = 1 as is_deciding
    from daily_report_peaks
    inner join daily_report
        on
            daily_report_peaks.org = daily_report.org
            and daily_report_peaks.period_start = daily_report.period_start
            and daily_report_peaks.low_users <= daily_report.peak_users
    inner join scope
        on
            daily_report.org = scope.org
            and daily_report.period_start = scope.period_start
    where
        daily_report_peaks.low_users > 0
        and (
            scope.peak_mode <> 'cumulative_exact'
            or daily_report.peak_users = daily_report_peaks.low_users
        )

)

select
    logged_in_sessions.org,
    logged_in_sessions.period_start,
    logged_in_sessions.sweep_subject,
    'session' as evidence,
    logged_in_sessions.user_key as subject,
    logged_in_sessions.moment_at::date as usage_date,
    1::decimal(18, 6) as quantity,
    null::decimal(18, 6) as reported,
    files.file_id,
    struct_extract(logged_in_sessions.session, 'line_number') as line_number,
    'logged in at ' || {{ utc_text('logged_in_sessions.moment_at') }} || ', when exactly '
    || logged_in_sessions.peak_users || ' were' as detail
from logged_in_sessions
left join files
    on
        logged_in_sessions.org = files.org
        and struct_extract(logged_in_sessions.session, 'received_rank') = files.received_rank
union all
select
    org,
    period_start,
    sweep_subject,
    'peak_day' as evidence,
    'time at the peak' as subject,
    usage_date,
    0::decimal(18, 6) as quantity,
    {{ microseconds_as_minutes('at_peak_microseconds') }} as reported,
    null as file_id,
    null::bigint as line_number,
    {{ plain_number(microseconds_as_minutes('at_peak_microseconds')) }}
    || ' minutes of the local day with ' || {{ counted('peak_users', 'user') }}
    || case when peak_mode = 'cumulative_exact' then '' else ' or more' end
    || ' logged in' as detail
from times_at_peak
union all
select
    org,
    period_start,
    'daily_report' as sweep_subject,
    'peak_day' as evidence,
    'daily report' as subject,
    usage_date,
    case when is_deciding then low_users else 0 end::decimal(18, 6) as quantity,
    minutes as reported,
    file_id,
    line_number,
    'peak of ' || peak_users || ' for ' || {{ plain_number('minutes') }} || ' minutes' as detail
from report_days
