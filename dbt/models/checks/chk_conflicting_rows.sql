-- Grain: one row per organization and period that conflicting rows touch. Warning of CHK: one key
-- twice in one file with other figures; the later row counts.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

landed_rows as (

    select * from {{ ref('int_landing__rows') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

conflicts as (

    -- the times that any of the key's rows touches; a null bound touches nothing
    select
        org,
        report,
        file_id,
        row_key,
        min(from_date) as from_date,
        max(to_date) as to_date,
        min(from_at) as from_at,
        max(until_at) as until_at
    from landed_rows
    group by org, report, file_id, row_key
    having count(distinct figures) > 1

)

select
    scope.org,
    scope.period_start,
    'One key twice in a file with other figures: '
    || {{ listed_names("files.path || ' (' || conflicts.row_key || ')'") }}
    || '. The later row counts; check the export.' as detail
from conflicts
inner join files
    on conflicts.file_id = files.file_id
inner join scope
    on
        conflicts.org = scope.org
        and (
            (
                conflicts.from_date <= scope.period_end
                and conflicts.to_date >= scope.period_start
            )
            or (
                conflicts.from_at < scope.ends_at
                and conflicts.until_at > scope.starts_at
            )
        )
group by scope.org, scope.period_start
