-- Grain: one row per organization, period and sweep subject of which a session touches the period.
-- Rule: LIC-7. The billed peak is the largest number of users that was logged in for at least
-- peak.minutes, in the contract's reading: n or more in all (cumulative_at_least), exactly n in all
-- (cumulative_exact), or n or more without a break (contiguous). Compared in whole microseconds.
with

subjects as (

    select * from {{ ref('int_licences__sweep_subjects') }}

),

level_times as (

    select * from {{ ref('int_licences__level_times') }}

),

unbroken_peaks as (

    select * from {{ ref('int_licences__unbroken_peaks') }}

),

exact_times as (

    select
        subject_number,
        users,
        sum(duration_microseconds) as at_exactly
    from level_times
    group by
        subject_number,
        users

),

cumulative_times as (

    select
        subject_number,
        users,
        at_exactly,
        sum(at_exactly) over (
            partition by subject_number
            order by users desc
            rows between unbounded preceding and current row
        ) as at_least
    from exact_times

),

cumulative_peaks as (

    select
        subjects.subject_number,
        max(cumulative_times.users) filter (
            where
            case subjects.peak_mode
                when 'cumulative_exact' then cumulative_times.at_exactly
                else cumulative_times.at_least
            end >= subjects.peak_microseconds
        ) as peak_users
    from subjects
    inner join cumulative_times
        on subjects.subject_number = cumulative_times.subject_number
    group by subjects.subject_number

)

select
    subjects.org,
    subjects.period_start,
    subjects.sweep_subject,
    coalesce(
        case
            when subjects.peak_mode = 'contiguous' then unbroken_peaks.peak_users
            else cumulative_peaks.peak_users
        end,
        0
    )::bigint as peak_users
from subjects
inner join cumulative_peaks
    on subjects.subject_number = cumulative_peaks.subject_number
left join unbroken_peaks
    on subjects.subject_number = unbroken_peaks.subject_number
