{#-
    The one rounding of money: half away from zero, to the currency's minor units (0 or 2).
    DuckDB rounds a DECIMAL that way; the argument must never be a DOUBLE.
-#}
{% macro round_money(amount, minor_units) -%}
case
    when {{ minor_units }} = 0 then round({{ amount }}, 0)
    else round({{ amount }}, 2)
end::decimal(18, 2)
{%- endmacro %}
