{#-
    Durations are integer microseconds, the resolution of the sessions' times, so that sums and
    comparisons are exact; they turn into hours or minutes once, at the place a rule names.
-#}
{% macro microseconds_per_millisecond() -%} 1000 {%- endmacro %}

{% macro microseconds_per_minute() -%} 60000000 {%- endmacro %}

{#- Whole hours, rounded up (LIC-11). -#}
{% macro hours_rounded_up(microseconds) -%}
(({{ microseconds }} + 3600000000 - 1) // 3600000000)::decimal(18, 6)
{%- endmacro %}

{#- Microseconds as seconds: exact, six decimals. -#}
{% macro microseconds_as_seconds(microseconds) -%}
(({{ microseconds }})::decimal(24, 0) * 0.000001::decimal(7, 6))::decimal(18, 6)
{%- endmacro %}

{#- Microseconds as minutes with six decimals, half up: for display beside the vendor's minutes. -#}
{% macro microseconds_as_minutes(microseconds) -%}
((({{ microseconds }} + 30) // 60)::decimal(24, 0) * 0.000001::decimal(7, 6))::decimal(18, 6)
{%- endmacro %}

{#- Microseconds as hours with six decimals, half up: for display; what a rule rounds is the sum. -#}
{% macro microseconds_as_hours(microseconds) -%}
(
    ((({{ microseconds }})::hugeint * 1000000 + 1800000000) // 3600000000)::decimal(24, 0)
    * 0.000001::decimal(7, 6)
)::decimal(18, 6)
{%- endmacro %}
