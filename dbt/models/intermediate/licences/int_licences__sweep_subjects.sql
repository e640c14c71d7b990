-- Grain: one row per organization, period and group of users whose concurrency is swept.
-- Supports LIC-7 and APP-1: `pool` is the CX users of a concurrent contract, any other subject the
-- holders of an app part that is counted concurrently.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

app_parts as (

    select * from {{ ref('stg_contracts__app_parts') }}

),

subjects as (

    select
        org,
        period_start,
        'pool' as sweep_subject
    from scope
    where licence_model = 'concurrent'
    union
    select
        scope.org,
        scope.period_start,
        'appfoundry.' || app_parts.app_slug || '.' || app_parts.part_slug as sweep_subject
    from scope
    inner join app_parts
        on
            scope.org = app_parts.org
            and scope.contract_version = app_parts.version
    where app_parts.part_type = 'user' and app_parts.count_model = 'concurrent'

)

select
    subjects.org,
    subjects.period_start,
    subjects.sweep_subject,
    row_number() over (
        order by subjects.org, subjects.period_start, subjects.sweep_subject
    ) as subject_number,
    scope.starts_at,
    scope.ends_at,
    scope.peak_mode,
    (scope.peak_minutes * {{ microseconds_per_minute() }})::bigint as peak_microseconds
from subjects
inner join scope
    on
        subjects.org = scope.org
        and subjects.period_start = scope.period_start
