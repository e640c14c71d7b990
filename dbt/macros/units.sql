{#- Units, so that rule SQL holds no bare numbers. Each is a definition, not a price or a threshold. -#}
{% macro seconds_per_minute() -%} 60 {%- endmacro %}

{% macro minutes_per_quarter() -%} 15 {%- endmacro %}

{#- Past the last date asked about: its own period may still run, one is billed ahead, one ends that. -#}
{% macro periods_beyond_horizon() -%} 3 {%- endmacro %}

{% macro milliseconds_per_hour() -%} 3600000 {%- endmacro %}

{#- How many of the nearest known names an unknown one is shown with. -#}
{% macro nearest_shown() -%} 3 {%- endmacro %}

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

{#- Smallest units of a currency (cents; a yen is its own) in one unit of it. -#}
{% macro minor_units_per_unit(minor_units) -%}
case when {{ minor_units }} = 0 then 1 else 100 end
{%- endmacro %}

{% macro unit_per_minor_unit(minor_units) -%}
case when {{ minor_units }} = 0 then 1 else 0.01 end
{%- endmacro %}

{#- A decimal as people write it: without the zeros that its type pads it with;
    a whole number stays as it is. -#}
{% macro plain_number(value) -%}
regexp_replace({{ value }}::varchar, '\.0*$|(\.[0-9]*[1-9])0+$', '\1')
{%- endmacro %}
