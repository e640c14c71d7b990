-- Grain: one row per organization and period of the scope that fails.
-- Warning: a later file sent calls again with other figures (VOX-10); the later figures are billed.
with

superseded as (

    select * from {{ ref('int_telco__superseded_calls') }}
    where is_restated

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

by_file as (

    select
        scope.org,
        scope.period_start,
        superseded.winner_file_id,
        count(*) as calls
    from superseded
    inner join scope
        on
            superseded.org = scope.org
            and superseded.start_at >= scope.voice_from
            and superseded.start_at < scope.voice_to
    group by
        scope.org,
        scope.period_start,
        superseded.winner_file_id

)

select
    by_file.org,
    by_file.period_start,
    'Sent again with other figures: '
    || {{ counted('sum(by_file.calls)', 'call row') }}
    || ', last in '
    || {{ listed_names("files.path || ' (' || by_file.calls::varchar || ')'") }}
    || '. The last figures are billed; ask the vendor if you expected no correction.' as detail
from by_file
inner join files
    on by_file.winner_file_id = files.file_id
group by
    by_file.org,
    by_file.period_start
