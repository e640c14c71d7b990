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
    How many of a number's first digits are looked up, a join each, most first; 0 is for the empty
    prefix. Between them a prefix is looked up with all digits that can follow it: one of 9 digits
    ten times, at 10. A join is not free, even one that finds nothing, nor is a start that is looked
    up for nobody: rate sheets have thousands of prefixes, most of 4 to 8 digits, for many contexts;
    calling codes are a few hundred.
-#}
{% macro rate_lookup_lengths() -%} 15 12 10 8 7 6 5 4 0 {%- endmacro %}

{% macro country_lookup_lengths() -%} 15 11 7 4 {%- endmacro %}

{#-
    A start of numbers as one integer: first digits, filled with zeros to a lookup length, and how
    many of them are its own, which tells the zeros apart.
-#}
{% macro start_of_digits(first_digits, own_digits) -%}
{{ first_digits }} * 100 + {{ own_digits }}
{%- endmacro %}

{#- The start of a number at a lookup length. -#}
{% macro number_start(head, head_length, length) -%}
{%- set beyond = 10 ** ((longest_number_length() | int) - (length | int)) -%}
{{ start_of_digits(head ~ ' // ' ~ beyond, 'least(' ~ head_length ~ ', ' ~ length ~ ')') }}
{%- endmacro %}

{#-
    The starts of numbers that prefixes stand for, each with the columns of its longest prefix: the
    other side of `prefix_joins`, at the same lookup lengths. `prefixes` is a CTE with prefix_length,
    prefix (bigint), unique with the columns of `keys`. An empty prefix needs the lookup length 0.
-#}
{% macro starts_of_prefixes(prefixes, lookup_lengths, keys, columns) -%}
{%- set lengths = lookup_lengths.split() | map('int') | list -%}
{#- of ten, for no digit to three: no prefix is further from its lookup length -#}
{%- set powers = [1, 10, 100, 1000] -%}
{%- set endings_count = powers ~ '[spans.digits - ' ~ prefixes ~ '.prefix_length + 1]' -%}
{%- set filling = powers ~ '[lookups.lookup_length - spans.digits + 1]' -%}
select
    {%- for key in keys %}
    {{ prefixes }}.{{ key }},
    {%- endfor %}
    lookups.lookup_length,
    {{ start_of_digits(
        '(' ~ prefixes ~ '.prefix * ' ~ endings_count ~ ' + endings.ending) * ' ~ filling, 'spans.digits'
    ) }} as start
    {%- for column in columns %},
    {{ prefixes }}.{{ column }}
    {%- endfor %}
from {{ prefixes }}
inner join (
    values
    {%- for length in lengths %}
    ({{ lengths[loop.index] if not loop.last else -1 }}, {{ length }}){{ "," if not loop.last }}
    {%- endfor %}
) as lookups (longer_than, lookup_length)
    on
        {{ prefixes }}.prefix_length > lookups.longer_than
        and {{ prefixes }}.prefix_length <= lookups.lookup_length
cross join
    unnest(range({{ prefixes }}.prefix_length, lookups.lookup_length + 1)) as spans (digits)
cross join
    unnest(range({{ endings_count }})) as endings (ending)
qualify
    row_number() over (
        partition by
            {%- for key in keys %}
            {{ prefixes }}.{{ key }},
            {%- endfor %}
            start
        order by {{ prefixes }}.prefix_length desc
    ) = 1
{%- endmacro %}

{#-
    Longest prefix match as equality left joins on integers, one per lookup length. `starts` is a
    CTE of what `starts_of_prefixes` makes; `numbers` has head, head_length and the same key columns.
-#}
{% macro prefix_joins(numbers, starts, lookup_lengths, keys) -%}
{%- for length in lookup_lengths.split() %}
left join {{ starts }} as {{ starts }}_{{ length }}
    on
        {{ starts }}_{{ length }}.lookup_length = {{ length }}
        {%- for key in keys %}
        and {{ numbers }}.{{ key }} = {{ starts }}_{{ length }}.{{ key }}
        {%- endfor %}
        {%- if length | int %}
        and {{ number_start(numbers ~ '.head', numbers ~ '.head_length', length) }}
        = {{ starts }}_{{ length }}.start
        {%- endif %}
{%- endfor %}
{%- endmacro %}

{#- The column of the longest prefix that matched, null if none did; it must not be null itself. -#}
{% macro of_longest_prefix(starts, lookup_lengths, column) -%}
coalesce(
    {%- for length in lookup_lengths.split() %}
    {{ starts }}_{{ length }}.{{ column }}{{ "," if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}
