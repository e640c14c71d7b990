{#- VOX-10: before a run looks for replaced calls again, what it knew of the same stretch goes. -#}
{% macro forget_superseded_calls() -%}
{% if is_incremental() -%}
delete from {{ this }} as superseded
using (
    select
        files.org,
        min(files.first_at) as first_at,
        max(files.last_at) as last_at
    from {{ ref('stg_ops__files') }} as files
    where
        files.report = 'voice_usage'
        and files.is_new
    group by files.org
) as reach
where
    superseded.org = reach.org
    and superseded.start_at >= reach.first_at
    and superseded.start_at <= reach.last_at
{%- endif %}
{%- endmacro %}
