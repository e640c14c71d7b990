-- Grain: one row per organization, period and app part whose users are counted by the hour.
-- Supports APP-1: all hours of the part's holders, under whatever licence, rounded up once for
-- the part; from the report, or if it has no row in the period from sessions other than
-- Tempo's, a user's overlaps once (LIC-11).
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
        'holder_sessions', ['org', 'period_start', 'app_slug', 'part_slug', 'user_key']
    ) | indent(4) }}

),

logged_in as (

    select
        holders.org,
        holders.period_start,
        holders.app_slug,
        holders.part_slug,
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
        epoch_us(to_at) - epoch_us(from_at) as logged_in_microseconds
    from session_stretches

)

select
    org,
    period_start,
    app_slug,
    part_slug,
    {{ hours_rounded_up('sum(logged_in_microseconds)') }} as hours
from logged_in
group by
    org,
    period_start,
    app_slug,
    part_slug
