{#- Before a run rates days again, what was kept of them goes (int_telco__due_spans). -#}
{% macro forget_due_days() -%}
{%- set due_spans = ref('int_telco__due_spans') -%}
{% if is_incremental() -%}
delete from {{ this }} as kept
using {{ due_spans }} as due
where
    kept.org = due.org
    and kept.period_start = due.period_start
    and (
        due.is_whole
        or (kept.call_date >= due.due_from::date and kept.call_date < due.due_to)
    )
{%- endif %}
{%- endmacro %}
