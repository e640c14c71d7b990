-- Grain: one row per organization, period, measure and day with usage.
-- What was used on which day (RPT-2, RPT-3): calls and their minutes by UTC day, resources and app
-- parts by the day of the report, hours by day, the day's peak of concurrent users.
-- Forbids: pricing; a day's part of a price means nothing for an average or a peak.
{{ config(pre_hook="{{ replace_scope() }}") }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

daily_totals as (

    select * from {{ ref('int_telco__daily_totals') }}
    where is_in_contract_currency

),

report_rows as (

    select * from {{ ref('int_resources__report_rows') }}
    where resource is not null

),

overages as (

    select * from {{ ref('int_resources__overages') }}

),

day_quantities as (

    select * from {{ ref('int_appfoundry__day_quantities') }}

),

logged_in_times as (

    select * from {{ ref('int_licences__logged_in_times') }}

),

concurrency_daily as (

    select * from {{ ref('concurrency_daily') }}

),

measured as (

    select
        org,
        period_start,
        call_date as usage_date,
        'calls' as measure,
        'Calls' as title,
        'call' as unit,
        sum(calls)::decimal(18, 6) as quantity
    from daily_totals
    group by org, period_start, call_date
    union all
    select
        org,
        period_start,
        call_date as usage_date,
        'call_minutes' as measure,
        'Call minutes' as title,
        'minute' as unit,
        (sum(stated_minutes) + {{ minutes_of_seconds('sum(computed_seconds)') | indent(8) }})
        ::decimal(18, 6) as quantity
    from daily_totals
    group by org, period_start, call_date
    union all
    select
        report_rows.org,
        report_rows.period_start,
        report_rows.usage_date,
        'resource.' || report_rows.resource as measure,
        overages.title,
        overages.unit,
        sum(report_rows.quantity)::decimal(18, 6) as quantity
    from report_rows
    inner join overages
        on
            report_rows.org = overages.org
            and report_rows.period_start = overages.period_start
            and report_rows.resource = overages.resource
            and report_rows.basis = overages.basis
    group by
        report_rows.org,
        report_rows.period_start,
        report_rows.usage_date,
        report_rows.resource,
        overages.title,
        overages.unit
    union all
    select
        org,
        period_start,
        usage_date,
        'appfoundry.' || app_key || '.' || part_key as measure,
        min(app || ' - ' || part) as title,
        'unit' as unit,
        sum(quantity)::decimal(18, 6) as quantity
    from day_quantities
    group by org, period_start, usage_date, app_key, part_key
    union all
    select
        org,
        period_start,
        usage_date,
        'hours' as measure,
        'Logged-in hours' as title,
        'hour' as unit,
        {{ microseconds_as_hours('sum(logged_in_microseconds)') }} as quantity
    from logged_in_times
    group by org, period_start, usage_date
    union all
    select
        org,
        period_start,
        usage_date,
        'peak_users' as measure,
        'Peak of concurrent users' as title,
        'user' as unit,
        coalesce(peak_users, vendor_peak_users)::decimal(18, 6) as quantity
    from concurrency_daily
    where coalesce(peak_users, vendor_peak_users) is not null

)

select
    scope.org,
    scope.invoice_month,
    scope.period_start,
    measured.usage_date,
    measured.measure,
    measured.title,
    measured.unit,
    measured.quantity
from measured
inner join scope
    on
        measured.org = scope.org
        and measured.period_start = scope.period_start
