-- Grain: one row per organization, period, app part whose users are counted by the hour, holder,
-- and row of the report or session that adds time.
-- Supports APP-1: all hours of the part's holders, under whatever licence; from the report, or if
-- it has no row in the period from sessions other than Tempo's, a user's overlaps once (LIC-11).
with

holders as (

    select * from {{ ref('int_appfoundry__holders') }}
    where count_model = 'hourly'

),

reported_hours as (

    select * from {{ ref('int_licences__reported_hours') }}

),

kinds as (

    select * from {{ ref('int_licences__touching_kinds') }}

),

sessions as (

    select * from {{ ref('int_licences__sessions') }}

),

reported_periods as (

    select
        org,
        period_start
    from reported_hours
    group by
        org,
        period_start

),

holder_sessions as (

    select
        holders.org,
        holders.period_start,
        holders.app_slug,
        holders.part_slug,
        holders.user_key,
        sessions.received_rank,
        sessions.line_number,
        sessions.from_at,
        sessions.to_at
    from holders
    inner join kinds
        on
            holders.org = kinds.org
            and holders.period_start = kinds.period_start
            and holders.user_key = kinds.user_key
    inner join sessions
        on kinds.kind_number = sessions.kind_number
    anti join reported_periods
        on
            holders.org = reported_periods.org
            and holders.period_start = reported_periods.period_start
    where not kinds.is_tempo

),

session_stretches as (

    {{ without_overlaps(
        'holder_sessions',
        ['org', 'period_start', 'app_slug', 'part_slug', 'user_key'],
        ['received_rank', 'line_number']
    ) | indent(4) }}

),

logged_in as (

    select
        holders.org,
        holders.period_start,
        holders.app_slug,
        holders.part_slug,
        holders.user_key,
        reported_hours.usage_date,
        reported_hours.file_id,
        null::bigint as received_rank,
        reported_hours.line_number,
        reported_hours.logged_in_microseconds
    from holders
    inner join reported_hours
        on
            holders.org = reported_hours.org
            and holders.period_start = reported_hours.period_start
            and holders.user_key = reported_hours.user_key
    union all
    select
        org,
        period_start,
        app_slug,
        part_slug,
        user_key,
        from_at::date as usage_date,
        null as file_id,
        received_rank,
        line_number,
        epoch_us(to_at) - epoch_us(from_at) as logged_in_microseconds
    from session_stretches

)

select
    org,
    period_start,
    app_slug,
    part_slug,
    user_key,
    usage_date,
    file_id,
    received_rank,
    line_number,
    logged_in_microseconds::bigint as logged_in_microseconds
from logged_in
