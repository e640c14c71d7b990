-- Grain: one row per damaged file and period of the scope that it puts in doubt.
-- Supports check rejected_rows: the periods that the file's loaded rows touch, exactly and each
-- report by its own clock (calls by the voice window, dates as written, instants and intervals by
-- the period); every period of the organization for a file of which nothing was loaded.
-- Forbids: holding a period because the file's rows lie before and after it.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

damaged_files as (

    select * from {{ ref('int_landing__damaged_files') }}

),

landed_rows as (

    select * from {{ ref('int_landing__rows') }}

),

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

touched_by_rows as (

    select
        damaged_files.file_id,
        scope.period_start
    from damaged_files
    inner join landed_rows
        on damaged_files.file_id = landed_rows.file_id
    inner join scope
        on
            damaged_files.org = scope.org
            and (
                (
                    landed_rows.from_date <= scope.period_end
                    and landed_rows.to_date >= scope.period_start
                    and landed_rows.from_date <= landed_rows.to_date
                )
                or (
                    landed_rows.from_at < scope.ends_at
                    and landed_rows.until_at > scope.starts_at
                )
            )
    group by damaged_files.file_id, scope.period_start

),

touched_by_calls as (

    select
        damaged_files.file_id,
        scope.period_start
    from damaged_files
    inner join calls
        on damaged_files.file_id = calls.file_id
    inner join scope
        on
            damaged_files.org = scope.org
            and calls.start_at >= scope.voice_from
            and calls.start_at < scope.voice_to
    where damaged_files.report = 'voice_usage'
    group by damaged_files.file_id, scope.period_start

),

touched as (

    select * from touched_by_rows
    union
    select * from touched_by_calls
    union
    select
        damaged_files.file_id,
        scope.period_start
    from damaged_files
    inner join scope
        on damaged_files.org = scope.org
    where
        damaged_files.is_whole
        or damaged_files.is_warning

)

select
    damaged_files.org,
    touched.period_start,
    damaged_files.file_id,
    damaged_files.is_warning,
    damaged_files.path || ': ' || damaged_files.finding as finding
from touched
inner join damaged_files
    on touched.file_id = damaged_files.file_id
