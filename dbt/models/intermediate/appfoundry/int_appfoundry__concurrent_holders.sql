-- Grain: one row per organization, period and app part whose users are counted concurrently.
-- Supports APP-1: the peak of LIC-7 over all sessions of the holders. If none of theirs touches
-- the period, and none of the organization's pool, the daily report is the evidence: it shows
-- everybody, so the smaller of its figure and the number of holders is counted, as a range like
-- the pool's.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

app_parts as (

    select * from {{ ref('stg_contracts__app_parts') }}
    where part_type = 'user' and count_model = 'concurrent'

),

holders as (

    select * from {{ ref('int_appfoundry__holders') }}

),

session_peaks as (

    select * from {{ ref('int_licences__session_peaks') }}

),

kinds as (

    select * from {{ ref('int_licences__touching_kinds') }}

),

daily_report_peaks as (

    select * from {{ ref('int_licences__daily_report_peaks') }}

),

holder_counts as (

    select
        org,
        period_start,
        app_slug,
        part_slug,
        count(*) as holders
    from holders
    group by
        org,
        period_start,
        app_slug,
        part_slug

),

pool_sessions as (

    select
        org,
        period_start
    from kinds
    where is_pool_session
    group by
        org,
        period_start

),

reported as (

    -- without holders there is no row, and nothing to count
    select
        holder_counts.org,
        holder_counts.period_start,
        holder_counts.app_slug,
        holder_counts.part_slug,
        least(daily_report_peaks.low_users, holder_counts.holders) as users_low,
        least(daily_report_peaks.high_users, holder_counts.holders) as users_high
    from holder_counts
    inner join daily_report_peaks
        on
            holder_counts.org = daily_report_peaks.org
            and holder_counts.period_start = daily_report_peaks.period_start
    anti join pool_sessions
        on
            holder_counts.org = pool_sessions.org
            and holder_counts.period_start = pool_sessions.period_start

)

select
    scope.org,
    scope.period_start,
    app_parts.app_slug,
    app_parts.part_slug,
    coalesce(session_peaks.peak_users, reported.users_low, 0) as users_low,
    coalesce(session_peaks.peak_users, reported.users_high, 0) as users_high
from scope
inner join app_parts
    on
        scope.org = app_parts.org
        and scope.contract_version = app_parts.version
left join session_peaks
    on
        scope.org = session_peaks.org
        and scope.period_start = session_peaks.period_start
        and 'appfoundry.' || app_parts.app_slug || '.' || app_parts.part_slug
        = session_peaks.sweep_subject
left join reported
    on
        scope.org = reported.org
        and scope.period_start = reported.period_start
        and app_parts.app_slug = reported.app_slug
        and app_parts.part_slug = reported.part_slug
