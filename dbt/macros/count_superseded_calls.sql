{#- REC-5: the ledger says of each voice file how many of its calls a later row replaces (VOX-10). -#}
{% macro count_superseded_calls() -%}
update {{ source('ops', 'files') }} as files
set rows_superseded = counted.rows_superseded
from (
    select
        known.file_id,
        count(superseded.file_id) as rows_superseded
    from {{ source('ops', 'files') }} as known
    left join {{ this }} as superseded
        on known.file_id = superseded.file_id
    where known.report = 'voice_usage'
    group by known.file_id
) as counted
where
    files.file_id = counted.file_id
    and files.rows_superseded <> counted.rows_superseded
{%- endmacro %}
