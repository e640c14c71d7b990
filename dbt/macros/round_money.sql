{#-
    The one rounding of money: half away from zero, to the currency's minor units (0 or 2).
    DuckDB rounds a DECIMAL that way; the argument must never be a DOUBLE. Each branch has its own
    cast: the common type of DECIMAL(38, 0) and DECIMAL(38, 2) would round a sum to whole units.
-#}
{% macro round_money(amount, minor_units) -%}
case
    when {{ minor_units }} = 0 then round({{ amount }}, 0)::decimal(18, 2)
    else round({{ amount }}, 2)::decimal(18, 2)
end
{%- endmacro %}
