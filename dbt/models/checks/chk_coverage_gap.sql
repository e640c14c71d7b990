-- Grain: one row per organization and closed period with days without rows. Warning of PER-6: a
-- report that had rows in each of the three periods before carries nothing on a day.
with

scope as (

    select * from {{ ref('int_periods__scope') }}
    where not is_open

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

coverage as (

    select * from {{ ref('int_landing__daily_coverage') }}

),

constants as (

    select {{ rule_constant('coverage_periods', 'run.as_of') }}::integer as coverage_periods
    from {{ ref('stg_ops__run') }} as run

),

usual_reports as (

    select
        scope.org,
        scope.period_start,
        scope.period_end,
        coverage.report
    from scope
    cross join constants
    inner join periods
        on
            scope.org = periods.org
            and scope.period_index > periods.period_index
            and scope.period_index <= periods.period_index + constants.coverage_periods
    inner join coverage
        on
            periods.org = coverage.org
            and periods.period_start = coverage.period_start
    group by scope.org, scope.period_start, scope.period_end, coverage.report
    having count(distinct periods.period_start) = max(constants.coverage_periods)

),

expected_days as (

    select
        org,
        period_start,
        report,
        unnest(generate_series(period_start, period_end, interval 1 day))::date as usage_date
    from usual_reports

),

gaps as (

    select
        expected_days.org,
        expected_days.period_start,
        expected_days.report,
        count(*) as days,
        min(expected_days.usage_date) as first_day
    from expected_days
    left join coverage
        on
            expected_days.org = coverage.org
            and expected_days.period_start = coverage.period_start
            and expected_days.report = coverage.report
            and expected_days.usage_date = coverage.covered_date
    where coverage.covered_date is null
    group by expected_days.org, expected_days.period_start, expected_days.report

)

select
    org,
    period_start,
    'No rows of '
    || string_agg(
        report || ' on ' || {{ counted('days', 'day') }} || ', first ' || first_day,
        '; ' order by report
    )
    || '. Download the missing days.' as detail
from gaps
group by org, period_start
