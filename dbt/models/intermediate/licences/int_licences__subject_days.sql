-- Grain: one row per sweep subject and local day of its period; the day begins at local
-- midnight (PER-2), so a day of a clock change is shorter or longer and still one.
-- Supports LIC-7: `days_begun` counts the days of all subjects in the order in which they are
-- swept.
with

subjects as (

    select * from {{ ref('int_licences__sweep_subjects') }}

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

days as (

    select
        subjects.subject_number,
        scope.time_zone,
        unnest(
            generate_series(scope.period_start, (scope.next_period_start - 1)::date, interval 1 day)
        )::date as usage_date
    from subjects
    inner join scope
        on
            subjects.org = scope.org
            and subjects.period_start = scope.period_start

)

select
    subject_number,
    usage_date,
    {{ local_midnight_utc('usage_date', 'time_zone') }} as day_starts_at,
    row_number() over (order by subject_number, usage_date) as days_begun
from days
