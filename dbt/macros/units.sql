{#- Units, so that rule SQL holds no bare numbers. Each is a definition, not a price or a threshold. -#}
{% macro seconds_per_minute() -%} 60 {%- endmacro %}

{% macro minutes_per_quarter() -%} 15 {%- endmacro %}

{% macro milliseconds_per_hour() -%} 3600000 {%- endmacro %}

{% macro micro() -%} 1000000 {%- endmacro %}

{#-
    The value of a rulebook constant on a date (seed rule_constants), as a scalar subquery.
-#}
{% macro rule_constant(constant_name, on_date) -%}
(
    select constants.value
    from {{ ref('stg_catalogue__rule_constants') }} as constants
    where
        constants.constant_name = '{{ constant_name }}'
        and {{ on_date }} >= constants.effective_from
        and {{ on_date }} < constants.effective_until
)
{%- endmacro %}
