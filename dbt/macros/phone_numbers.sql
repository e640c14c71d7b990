{#- E.164: no international number is longer; prefixes are compared up to here. -#}
{% macro longest_number_length() -%} 15 {%- endmacro %}

{#- Digits of a national number of the North American plan (VOX-6). -#}
{% macro north_american_length() -%} 10 {%- endmacro %}

{#- VOX-6: the countries of the North American plan whose own rules the rulebook names. -#}
{% macro is_north_american(country) -%} {{ country }} in ('US', 'CA') {%- endmacro %}

{#-
    The first digits of a number as one integer, filled with zeros up to the longest length, so that
    any prefix of it is one integer division away; the number's own length tells the zeros apart.
    `value` is the integer that the digits write, `length` how many they are, at most the longest.
-#}
{% macro number_head(value, length) -%}
{%- set longest = longest_number_length() | int -%}
{{ value }} * [
    {%- for digits in range(longest + 1) %}{{ 10 ** (longest - digits) }}
    {{- ", " if not loop.last }}{% endfor -%}
][{{ length }} + 1]
{%- endmacro %}

{#-
    Longest prefix match as equality left joins on integers, one per length: 10 M numbers on 20 k
    prefixes cost a third more than their scan, and a length that no prefix has costs nothing.
    `prefixes` is a CTE with prefix_length, prefix (bigint) and the columns of `keys`, unique over
    all of them; `numbers` has head, head_length and the same key columns.
-#}
{% macro prefix_joins(numbers, prefixes, keys) -%}
{%- set longest = longest_number_length() | int -%}
{%- for length in range(longest, -1, -1) %}
left join {{ prefixes }} as {{ prefixes }}_{{ length }}
    on
        {{ prefixes }}_{{ length }}.prefix_length = {{ length }}
        {%- for key in keys %}
        and {{ numbers }}.{{ key }} = {{ prefixes }}_{{ length }}.{{ key }}
        {%- endfor %}
        and case
            when {{ numbers }}.head_length >= {{ length }}
                then {{ numbers }}.head // {{ 10 ** (longest - length) }}
        end = {{ prefixes }}_{{ length }}.prefix
{%- endfor %}
{%- endmacro %}

{#- The column of the longest prefix that matched, null if none did; it must not be null itself. -#}
{% macro of_longest_prefix(prefixes, column) -%}
coalesce(
    {%- for length in range(longest_number_length() | int, -1, -1) %}
    {{ prefixes }}_{{ length }}.{{ column }}{{ "," if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}
