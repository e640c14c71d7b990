{#-
    INV-6: the columns of a piece of evidence, in one order, so that families can be united: the key
    of the line that it stands behind, then the piece. `number_in_key` tells lines of one key apart.
-#}
{% macro evidence_columns() -%}
{{ return([
    'org',
    'invoice_kind',
    'invoice_key',
    'charge_code',
    'service_start',
    'number_in_key',
    'evidence',
    'subject',
    'usage_date',
    'quantity',
    'amount',
    'reported',
    'file_id',
    'line_number',
    'detail',
]) }}
{%- endmacro %}

{#- The kinds of evidence, in the order in which people read them: what counts, what is taken off. -#}
{% macro evidence_order(evidence) -%}
list_position(
    [
        'contract',
        'user',
        'session',
        'peak_day',
        'hours',
        'day',
        'number',
        'device',
        'calls',
        'line',
        'commitment',
        'allowance',
        'adjustment',
        'rounding'
    ],
    {{ evidence }}
)
{%- endmacro %}

{#- An instant as people write it, in UTC. -#}
{% macro utc_text(at) -%}
strftime({{ at }}, '%Y-%m-%d %H:%M:%S') || ' UTC'
{%- endmacro %}

{#- Its time of day alone, where the day stands beside it. -#}
{% macro utc_time_text(at) -%}
strftime({{ at }}, '%H:%M:%S') || ' UTC'
{%- endmacro %}
