-- Grain: one row per file of calls that is new or touches a period of the run.
-- How many calls the ledger loaded and still has, beside how many the file's Parquet holds.
{{ config(materialized='table') }}
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

touching as (

    select
        files.file_id,
        files.org,
        max(files.rows_loaded - files.rows_pruned) as rows_loaded
    from files
    inner join scope
        on files.org = scope.org
    where
        files.report = 'voice_usage'
        and (
            files.is_new
            or (files.first_at < scope.voice_to and files.last_at >= scope.voice_from)
        )
    group by files.file_id, files.org

),

stored as (

    select
        calls.file_id,
        count(*) as rows_stored
    from calls
    inner join touching
        on calls.file_id = touching.file_id
    group by calls.file_id

)

select
    touching.file_id,
    touching.org,
    touching.rows_loaded,
    coalesce(stored.rows_stored, 0) as rows_stored
from touching
left join stored
    on touching.file_id = stored.file_id
