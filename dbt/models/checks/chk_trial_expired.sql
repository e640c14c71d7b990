-- Grain: one row per organization and period in scope with usage after the trial's last day.
-- Rule: CON-16 (a trial ends on trial_ends_on, by default 12 months after the effective date; usage
-- after it warns).
-- Guarantees: any report that shows people or traffic counts: logins, calls, sessions, hours,
-- resources, apps. The last day itself is still trial.
with

scope as (

    select * from {{ ref('int_periods__scope') }}
    where is_trial

),

billable_usage as (

    select * from {{ ref('stg_genesys__billable_usage') }}

),

voice_usage as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

login_sessions as (

    select * from {{ ref('stg_genesys__login_sessions') }}

),

user_hours as (

    select * from {{ ref('stg_genesys__user_hours') }}

),

concurrent_usage as (

    select * from {{ ref('stg_genesys__concurrent_usage') }}

),

resources_usage as (

    select * from {{ ref('stg_genesys__resources_usage') }}

),

appfoundry_usage as (

    select * from {{ ref('stg_genesys__appfoundry_usage') }}

),

trials as (

    select
        org,
        period_start,
        next_period_start,
        starts_at,
        ends_at,
        last_day,
        {{ local_midnight_utc('(last_day + 1)', 'time_zone') }} as ended_at
    from (
        select
            *,
            coalesce(
                trial_ends_on,
                (
                    effective_date
                    + to_months({{ rule_constant('trial_months', 'effective_date') }}::integer)
                )::date
            ) as last_day
        from scope
    ) as dated
    where last_day < period_end

),

spans as (

    select
        org,
        first_login_at as used_from,
        first_login_at as used_until,
        'logins' as report
    from billable_usage
    union all
    select
        org,
        start_at as used_from,
        start_at as used_until,
        'calls' as report
    from voice_usage
    union all
    select
        org,
        login_at as used_from,
        coalesce(logout_at, 'infinity'::timestamp) - interval 1 microsecond as used_until,
        'sessions' as report
    from login_sessions

),

days as (

    select
        org,
        usage_date,
        'hours' as report
    from user_hours
    where logged_in_milliseconds > 0
    union all
    select
        org,
        usage_date,
        'concurrent days' as report
    from concurrent_usage
    where peak_users > 0
    union all
    select
        org,
        usage_date,
        'resources' as report
    from resources_usage
    where quantity > 0
    union all
    select
        org,
        usage_date,
        'apps' as report
    from appfoundry_usage
    where quantity > 0

),

used_after as (

    select
        trials.org,
        trials.period_start,
        trials.last_day,
        spans.report
    from trials
    inner join spans
        on
            trials.org = spans.org
            and spans.used_until >= greatest(trials.starts_at, trials.ended_at)
            and trials.ends_at > spans.used_from
    union all
    select
        trials.org,
        trials.period_start,
        trials.last_day,
        days.report
    from trials
    inner join days
        on
            trials.org = days.org
            and trials.last_day < days.usage_date
            and trials.period_start <= days.usage_date
            and trials.next_period_start > days.usage_date

),

counted as (

    select
        org,
        period_start,
        last_day,
        report,
        count(*) as rows_after
    from used_after
    group by org, period_start, last_day, report

)

select
    org,
    period_start,
    'Usage after the trial ended on ' || last_day || ', in rows: '
    || string_agg(report || ' ' || rows_after, ', ' order by report)
    || '. End the trial or agree a contract.' as detail
from counted
group by org, period_start, last_day
