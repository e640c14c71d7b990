{#-
    A mart keeps its history: before a run appends its scope, the rows of the same organizations and
    invoice months go. Every incremental mart carries `org` and `invoice_month` for this.
-#}
{% macro replace_scope() -%}
{#- named outside of the condition: a dependency of every mart, also of one that reads no scope -#}
{%- set scope_months = ref('int_periods__scope_months') -%}
{% if is_incremental() -%}
delete from {{ this }}
where (org, invoice_month) in (
    select (org, invoice_month) from {{ scope_months }}
)
{%- endif %}
{%- endmacro %}
