{#- The columns that every family of charges yields, in one order, so that families can be united. -#}
{% macro charge_columns() -%}
{{ return([
    'org',
    'invoice_month',
    'invoice_kind',
    'invoice_key',
    'charged_period_start',
    'section',
    'charge_code',
    'description',
    'service_start',
    'service_end',
    'quantity',
    'unit',
    'rate',
    'is_given_amount',
    'given_amount',
    'is_billed_in_ramp',
    'rule_id',
]) }}
{%- endmacro %}

{#- The same after pricing (INV-2): what a line of an invoice is made of. -#}
{% macro line_columns() -%}
{{ return([
    'org',
    'invoice_month',
    'invoice_kind',
    'invoice_key',
    'section',
    'charge_code',
    'description',
    'service_start',
    'service_end',
    'quantity',
    'unit',
    'rate',
    'amount',
    'is_unpriced',
    'rule_id',
]) }}
{%- endmacro %}
