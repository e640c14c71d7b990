-- Grain: one row per sweep subject, local day and number of users logged in at once, with the time
-- for which exactly so many were. Supports LIC-7 and marts.concurrency_daily: one sweep for both.
-- Guarantees: the times of a day add up to the time with anybody logged in.
with

subjects as (

    select * from {{ ref('int_licences__sweep_subjects') }}

),

days as (

    select * from {{ ref('int_licences__subject_days') }}

),

watched_sessions as (

    select * from {{ ref('int_licences__watched_sessions') }}

),

{{ concurrency_levels('subjects', 'days', 'watched_sessions') }},

summed as (

    select
        days_begun,
        users,
        sum(duration_microseconds)::bigint as duration_microseconds,
        min(at_key) as first_key
    from levels
    where users > 0
    group by
        days_begun,
        users

)

select
    days.subject_number,
    days.usage_date,
    summed.users,
    summed.duration_microseconds,
    summed.first_key
from summed
inner join days
    on summed.days_begun = days.days_begun
