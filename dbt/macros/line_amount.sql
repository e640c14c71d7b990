{#-
    INV-2: quantity × rate, rounded. The cast matters: DuckDB keeps the product of two DECIMAL(18, 6)
    within 18 digits, which overflows at a million.
-#}
{% macro line_amount(quantity, rate, minor_units) -%}
{{ round_money(quantity ~ '::decimal(38, 6) * ' ~ rate, minor_units) }}
{%- endmacro %}
