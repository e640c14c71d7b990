{#-
    Before a run rates or counts days again, what was kept of them goes.
    `spans` is a model with org, period_start, is_whole, due_from and due_to.
-#}
{% macro forget_due_days(spans) -%}
{%- set due_spans = ref(spans) -%}
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
