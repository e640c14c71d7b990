{#-
    The ways to price calls that a vendor may have taken instead of ours (REC-4: rounding_mode of
    VOX-1, rounding_place of VOX-2, rate_sheet of VOX-3, double_discount of VOX-9): a name, the cause
    that it stands for, what a person reads (as it stands in an SQL literal), and the columns of
    int_causes__call_cells with its minutes, its money and its counts of short calls. `after` names
    the pricing that it goes on from: such a one stands for two causes. The first is ours.
-#}
{% macro call_pricings() -%}
{%- set up = 'durations rounded up to the increment' -%}
{%- set nearest = 'durations rounded to the nearest increment' -%}
{%- set unrounded = 'calls added up unrounded, rounded once for the line' -%}
{%- set in_cents = "each call rounded to the currency''s smallest unit" -%}
{{ return([
    {'name': 'as_billed', 'minutes': 'as_billed', 'seconds': 'as_billed'},
    {'name': 'up', 'minutes': 'up', 'seconds': 'up', 'cause': 'rounding_mode', 'words': up},
    {'name': 'nearest', 'minutes': 'nearest', 'seconds': 'nearest', 'cause': 'rounding_mode',
     'words': nearest},
    {'name': 'unrounded', 'minutes': 'as_billed', 'seconds': 'as_billed',
     'cause': 'rounding_place', 'words': unrounded},
    {'name': 'in_cents', 'minutes': 'as_billed', 'seconds': 'as_billed',
     'cause': 'rounding_place', 'words': in_cents},
    {'name': 'up_unrounded', 'minutes': 'up', 'seconds': 'up', 'after': 'up',
     'cause': 'rounding_place', 'words': unrounded},
    {'name': 'up_in_cents', 'minutes': 'up', 'seconds': 'up', 'after': 'up',
     'cause': 'rounding_place', 'words': in_cents},
    {'name': 'nearest_unrounded', 'minutes': 'nearest', 'seconds': 'nearest', 'after': 'nearest',
     'cause': 'rounding_place', 'words': unrounded},
    {'name': 'nearest_in_cents', 'minutes': 'nearest', 'seconds': 'nearest', 'after': 'nearest',
     'cause': 'rounding_place', 'words': in_cents},
    {'name': 'from_sheet', 'minutes': 'as_billed', 'seconds': 'as_billed', 'cause': 'rate_sheet',
     'words': 'calls at the rate sheet instead of their records'},
    {'name': 'from_record', 'minutes': 'as_billed', 'seconds': 'as_billed', 'cause': 'rate_sheet',
     'words': 'calls at their records instead of the rate sheet'},
    {'name': 'discounted', 'minutes': 'as_billed', 'seconds': 'as_billed',
     'cause': 'double_discount', 'words': 'the Telco Commit discount taken again'},
]) }}
{%- endmacro %}

{#-
    REC-4: a reading that one row alone does not prove (a count that happens to agree, a line that is
    gone) is believed if so many rows of the invoice agree with it and none contradicts it.
-#}
{% macro rows_that_prove() -%} 2 {%- endmacro %}

{#-
    Minutes and money of calls are summed as whole numbers of the 60,000,000th part of a minute or of
    a unit of currency: millionths of a minute from seconds, and seconds × rate, stay exact.
-#}
{% macro fine_units() -%} 60000000 {%- endmacro %}

{% macro from_fine(fine) -%}
{{ round_ratio('(' ~ fine ~ ')::hugeint', fine_units() ~ '::hugeint') }}
{%- endmacro %}

{#- What is summed over calls, once each: their number, minutes, money, and the counts of VOX-7. -#}
{% macro call_sums(pricings) -%}
{%- set names = ['calls'] -%}
{%- for sum, key in [
    ('minutes', 'minutes'),
    ('money', 'name'),
    ('completed', 'seconds'),
    ('short', 'seconds'),
] -%}
{%- for pricing in pricings if sum ~ '_' ~ pricing[key] not in names -%}
{%- do names.append(sum ~ '_' ~ pricing[key]) -%}
{%- endfor -%}
{%- endfor -%}
{{ return(names) }}
{%- endmacro %}
