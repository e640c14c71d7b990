{#- VOX-1: seconds in whole increments, up (default) or to the nearest, half up; 0 stays 0. -#}
{% macro adjusted_seconds(seconds, increment, rounding) -%}
case {{ rounding }}
    when 'nearest'
        then ({{ seconds }} + {{ seconds }} + {{ increment }}) // ({{ increment }} + {{ increment }})
    else ({{ seconds }} + {{ increment }} - 1) // {{ increment }}
end * {{ increment }}
{%- endmacro %}

{#- Seconds as minutes of six decimals, half up: integers throughout, `decimal / x` is DOUBLE. -#}
{% macro minutes_of_seconds(seconds) -%}
{%- set half_minute = seconds_per_minute() | int // 2 -%}
(
    (({{ seconds }}) * {{ micro() }} + {{ half_minute }}) // {{ seconds_per_minute() }}
)::decimal(24, 0) * 0.000001
{%- endmacro %}

{#- A decimal with six places as an integer of millionths, null beyond what 18 digits hold. -#}
{% macro to_micro(amount) -%}
try(({{ amount }} * {{ micro() }})::bigint)
{%- endmacro %}

{#-
    VOX-2: minutes × rate with 4 decimals, half away from zero, from whole seconds and the rate in
    millionths. Integers: exact, the fastest, and the same in every engine. Null if the product is
    beyond any call's cost, so that one absurd row is reported and stops nothing.
-#}
{% macro call_cost(seconds, rate_micro) -%}
{%- set per_unit = (seconds_per_minute() | int) * (micro() | int) // 10000 -%}
try(
    (
        (
            {{ seconds }} * {{ rate_micro }}
            + case when {{ rate_micro }} < 0 then -{{ per_unit // 2 }} else {{ per_unit // 2 }} end
        ) // {{ per_unit }}
    )::decimal(18, 0) * 0.0001
)::decimal(18, 6)
{%- endmacro %}
