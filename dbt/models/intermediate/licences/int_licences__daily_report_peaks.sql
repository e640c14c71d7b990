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

proved as (

    select
        daily_report.org,
        daily_report.period_start,
        daily_report.peak_users,
        scope.peak_minutes,
        case scope.peak_mode
            when 'contiguous' then daily_report.minutes
            when 'cumulative_exact' then sum(daily_report.minutes) over (
                partition by daily_report.org, daily_report.period_start, daily_report.peak_users
            )
            else sum(daily_report.minutes) over (
                partition by daily_report.org, daily_report.period_start
                order by daily_report.peak_users desc
                range between unbounded preceding and current row
            )
        end as minutes_at_peak
    from daily_report
    inner join scope
        on
            daily_report.org = scope.org
            and daily_report.period_start = scope.period_start

)

select
    org,
    period_start,
    coalesce(max(peak_users) filter (where minutes_at_peak >= peak_minutes), 0)::bigint as low_users,
    max(peak_users)::bigint as high_users
from proved
group by
    org,
    period_start
