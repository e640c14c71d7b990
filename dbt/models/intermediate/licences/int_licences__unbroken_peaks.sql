-- Grain: one row per sweep subject of a contract that reads the peak as `contiguous`.
-- Supports LIC-7: the largest number of users that stayed logged in for an unbroken peak.minutes.
-- A window of that length that holds n throughout can be moved back to where a stretch begins, so
-- it is enough to look at the windows that begin with a stretch; one must end in the period.
with

subjects as (

    select * from {{ ref('int_licences__sweep_subjects') }}
    where peak_mode = 'contiguous'

),

days as (

    select * from {{ ref('int_licences__subject_days') }}

),

watched_sessions as (

    select * from {{ ref('int_licences__watched_sessions') }}

),

{{ concurrency_levels('subjects', 'days', 'watched_sessions') }},

beginnings as (

    select
        levels.subject_number,
        levels.at_key,
        levels.users,
        {{ sweep_key('subjects.subject_number', 'subjects.ends_at', 'subjects.starts_at') }}
        - subjects.peak_microseconds as last_key,
        greatest(subjects.peak_microseconds - 1, 0) as until_its_last_microsecond
    from levels
    inner join subjects
        on levels.subject_number = subjects.subject_number

),

windows as (

    select
        subject_number,
        at_key,
        last_key,
        min(users) over (
            order by at_key
            range between current row and until_its_last_microsecond following
        ) as users_throughout
    from beginnings

)

select
    subject_number,
    max(users_throughout) as peak_users
from windows
where at_key <= last_key
group by subject_number
