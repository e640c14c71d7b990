{#-
    A fraction of two HUGEINT, rounded half away from zero to a number of decimals (0 to 6, a column
    or a literal), as decimal(18, 6). The only way out of exact rational arithmetic: averages and
    hourly allowances stay fractions until the one rounding that a rule names. denominator > 0.
-#}
{% macro round_ratio(numerator, denominator, decimals=6) -%}
(
    sign({{ numerator }})
    * (
        (
            2 * abs({{ numerator }}) * rpad('1', {{ decimals }} + 1, '0')::hugeint
            + {{ denominator }}
        )
        // (2 * {{ denominator }})
    )
    {%- if decimals != 6 %}
    * rpad('1', 7 - {{ decimals }}, '0')::hugeint
    {%- endif %}
    * 0.000001::decimal(7, 6)
)::decimal(18, 6)
{%- endmacro %}

{#-
    A decimal(…, 6) as a whole number of micro-units, for fractions of whole numbers. Widened first: a
    product of two decimals of at most 18 digits is held in 18 digits, and overflows from a million on.
-#}
{% macro in_micro(quantity) -%}
(({{ quantity }})::decimal(38, 6) * {{ micro() }})::hugeint
{%- endmacro %}
