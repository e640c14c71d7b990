-- Grain: one row per call file and combination of the columns that decide a service (VOX-5).
-- A file is immutable, so it is read once; the few combinations then stand for its millions of
-- calls wherever a word is looked for.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    meta={'is_rebuilt_by_version': true},
    pre_hook="{{ forget_new_files() }}",
) }}
with

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

unread_files as (

    select file_id
    from {{ ref('stg_ops__files') }}
    where
        report = 'voice_usage'
        {% if is_incremental() %}
            and file_id not in (select known.file_id from {{ this }} as known)
        {% endif %}

)

select
    calls.file_id,
    calls.direction,
    calls.usage_group,
    calls.usage_group_display,
    calls.call_type
from calls
where calls.file_id in (select unread_files.file_id from unread_files)
group by
    calls.file_id,
    calls.direction,
    calls.usage_group,
    calls.usage_group_display,
    calls.call_type
