{#- What an earlier run knew of a file that is read again, or that a killed run had begun, goes. -#}
{% macro forget_new_files() -%}
{% if is_incremental() -%}
delete from {{ this }}
where file_id in (select files.file_id from {{ ref('stg_ops__files') }} as files where files.is_new)
{%- endif %}
{%- endmacro %}
