-- Grain: one row per organization, report, period and day with rows, for the periods of the scope
-- and the three before each.
-- Supports PER-6: a timestamp's day is the local one; a call's day is counted from the start of its
-- voice window, so that it ends at the cutoff.
-- Guarantees: Billable Usage has one row a user and period, so its rows cover the whole period;
-- lists (devices, numbers, users) have no days. Calls are first gathered by quarter of an hour, on
-- which every local midnight falls, so that the clock is asked few times. Of a pruned period the
-- days are those that were counted before its rows went.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

landed_rows as (

    select * from {{ ref('int_landing__rows') }}

),

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

pruned_months as (

    select * from {{ ref('stg_ops__pruned_months') }}

),

pruned_days as (

    select pruned_days.*
    from {{ ref('stg_ops__pruned_days') }} as pruned_days
    where pruned_days.org in (select scope.org from scope)

),

constants as (

    select {{ rule_constant('coverage_periods', 'run.as_of') }}::integer as coverage_periods
    from {{ ref('stg_ops__run') }} as run

),

observed as (

    select
        periods.org,
        periods.period_start,
        periods.period_end,
        periods.starts_at,
        periods.ends_at,
        periods.voice_from,
        periods.voice_to,
        max(scope.time_zone) as time_zone,
        bool_and(versions.voice_cutoff_seconds is not null) as has_cutoff
    from scope
    cross join constants
    inner join periods
        on
            scope.org = periods.org
            and scope.period_index >= periods.period_index
            and scope.period_index <= periods.period_index + constants.coverage_periods
    inner join {{ ref('stg_contracts__versions') }} as versions
        on
            periods.org = versions.org
            and periods.contract_version = versions.version
    anti join pruned_months
        on
            periods.org = pruned_months.org
            and periods.invoice_month = pruned_months.invoice_month
    where not scope.is_open
    group by
        periods.org,
        periods.period_start,
        periods.period_end,
        periods.starts_at,
        periods.ends_at,
        periods.voice_from,
        periods.voice_to

),

dated as (

    select
        observed.org,
        landed_rows.report,
        observed.period_start,
        landed_rows.from_date as covered_date
    from observed
    inner join landed_rows
        on
            observed.org = landed_rows.org
            and observed.period_start <= landed_rows.from_date
            and observed.period_end >= landed_rows.from_date
    where landed_rows.is_daily
    group by observed.org, landed_rows.report, observed.period_start, landed_rows.from_date

),

timed as (

    select
        observed.org,
        landed_rows.report,
        observed.period_start,
        timezone(observed.time_zone, timezone('UTC', landed_rows.from_at))::date as covered_date
    from observed
    inner join landed_rows
        on
            observed.org = landed_rows.org
            and observed.starts_at <= landed_rows.from_at
            and observed.ends_at > landed_rows.from_at
    where landed_rows.is_daily
    group by
        observed.org, landed_rows.report, observed.period_start, observed.time_zone, covered_date

),

cycles as (

    select
        observed.org,
        landed_rows.report,
        observed.period_start,
        observed.period_end
    from observed
    inner join landed_rows
        on
            observed.org = landed_rows.org
            and observed.starts_at <= landed_rows.from_at
            and observed.ends_at > landed_rows.from_at
    where landed_rows.report = 'billable_usage'
    group by observed.org, landed_rows.report, observed.period_start, observed.period_end

),

cycled as (

    select
        org,
        report,
        period_start,
        unnest(generate_series(period_start, period_end, interval 1 day))::date as covered_date
    from cycles

),

quarters as (

    -- the window's own start is the origin, so that a cutoff of 07:05 falls on a quarter too
    select
        observed.org,
        observed.period_start,
        observed.voice_from,
        observed.time_zone,
        observed.has_cutoff,
        date_sub('minute', observed.voice_from, calls.start_at) // {{ minutes_per_quarter() }}
            as quarter_index
    from observed
    inner join calls
        on
            observed.org = calls.org
            and observed.voice_from <= calls.start_at
            and observed.voice_to > calls.start_at
    group by
        observed.org,
        observed.period_start,
        observed.voice_from,
        observed.time_zone,
        observed.has_cutoff,
        quarter_index

),

called as (

    select
        org,
        'voice_usage' as report,
        period_start,
        case
            when has_cutoff
                then
                    (
                        period_start
                        + to_minutes(quarter_index * {{ minutes_per_quarter() }})
                    )::date
            else
                timezone(
                    time_zone,
                    timezone(
                        'UTC', voice_from + to_minutes(quarter_index * {{ minutes_per_quarter() }})
                    )
                )::date
        end as covered_date
    from quarters
    group by org, period_start, covered_date

)

select * from dated
union all
select * from timed
union all
select * from cycled
union all
select * from called
union all
select
    org,
    report,
    period_start,
    covered_date
from pruned_days
