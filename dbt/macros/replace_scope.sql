{#-
    A mart keeps its history: before a run appends its scope, the rows of the same organizations and
    invoice months go. Every incremental mart carries `org` and `invoice_month` for this.
-#}
{% macro replace_scope() -%}
{% if is_incremental() -%}
delete from {{ this }}
where (org, invoice_month) in (
    select (org, invoice_month) from {{ ref('int_periods__scope_months') }}
)
{%- endif %}
{%- endmacro %}
