-- Grain: one row per call file and combination of the columns that decide a service (VOX-5).
-- A file is immutable, so it is read once; the few combinations then stand for its millions of calls
-- wherever a word is looked for.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
) }}
with

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}
    where report = 'voice_usage'

)

select
    calls.file_id,
    calls.direction,
    calls.usage_group,
    calls.usage_group_display,
    calls.call_type
from calls
{%- if is_incremental() %}
where calls.file_id in (
    select files.file_id
    from files
    where files.file_id not in (select known.file_id from {{ this }} as known)
)
{%- else %}
where calls.file_id in (select files.file_id from files)
{%- endif %}
group by
    calls.file_id,
    calls.direction,
    calls.usage_group,
    calls.usage_group_display,
    calls.call_type
