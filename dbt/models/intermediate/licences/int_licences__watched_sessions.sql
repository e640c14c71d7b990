-- Grain: one row per sweep subject, user and stretch of time that a session of theirs adds.
-- Rule: LIC-9. A subject is of one organization, so concurrency is never across organizations.
-- Guarantees: one user counts once however many sessions overlap (LIC-8).
with

subjects as (

    select * from {{ ref('int_licences__sweep_subjects') }}

),

kinds as (

    select * from {{ ref('int_licences__touching_kinds') }}

),

holders as (

    select * from {{ ref('int_appfoundry__holders') }}

),

sessions as (

    select * from {{ ref('int_licences__sessions') }}

),

watched_kinds as (

    select
        subjects.subject_number,
        kinds.kind_number
    from subjects
    inner join kinds
        on
            subjects.org = kinds.org
            and subjects.period_start = kinds.period_start
    where subjects.sweep_subject = 'pool' and kinds.is_pool_session
    union all
    select
        subjects.subject_number,
        kinds.kind_number
    from subjects
    inner join holders
        on
            subjects.org = holders.org
            and subjects.period_start = holders.period_start
            and subjects.sweep_subject
            = 'appfoundry.' || holders.app_slug || '.' || holders.part_slug
    inner join kinds
        on
            holders.org = kinds.org
            and holders.period_start = kinds.period_start
            and holders.user_key = kinds.user_key

),

watched_sessions as (

    select
        watched_kinds.subject_number,
        sessions.user_number,
        sessions.from_at,
        sessions.to_at
    from sessions
    inner join watched_kinds
        on sessions.kind_number = watched_kinds.kind_number

)

{{ without_overlaps('watched_sessions', ['subject_number', 'user_number']) }}
