-- Grain: one row per organization and period with a day in the Concurrent Usage report.
-- Rule: LIC-8. Each day shows only its top, so the report proves a range of the billed peak: from
-- the contract's reading of its days (contiguous: one day; cumulative_exact: days of equal peaks;
-- cumulative_at_least: days with a peak of n or more) to the largest peak of any length.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

daily_report as (

    select * from {{ ref('int_licences__daily_report') }}

),

day_minutes as (

    select
        org,
        period_start,
        peak_users,
        minutes as of_the_day,
        sum(minutes) over (partition by org, period_start, peak_users) as at_exactly,
        sum(minutes) over (
            partition by org, period_start
            order by peak_users desc
            range between unbounded preceding and current row
        ) as at_least
    from daily_report

),

proved as (

    select
        day_minutes.org,
        day_minutes.period_start,
        day_minutes.peak_users,
        scope.peak_minutes,
        case scope.peak_mode
            when 'contiguous' then day_minutes.of_the_day
            when 'cumulative_exact' then day_minutes.at_exactly
            else day_minutes.at_least
        end as minutes_proved
    from day_minutes
    inner join scope
        on
            day_minutes.org = scope.org
            and day_minutes.period_start = scope.period_start

)

select
    org,
    period_start,
    coalesce(max(peak_users) filter (where minutes_proved >= peak_minutes), 0)::bigint as low_users,
    max(peak_users)::bigint as high_users
from proved
group by
    org,
    period_start
