{#-
    The rows of a seed together with the user's rows of the same name in reference/: a user's row
    replaces the shipped row with the same key and effective_from, any other is added.
    `effective_until` (exclusive) is where the next row of the same key takes over.
-#}
{% macro extended_by_reference(seed, key, columns) -%}
with

shipped as (

    select * from {{ ref(seed) }}

),

referenced as (

    select * from {{ source('reference', seed) }}

),

extended as (

    select
        {%- for column in columns %}
        referenced.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from referenced
    union all
    select
        {%- for column in columns %}
        shipped.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from shipped
    where not exists (
        select 1
        from referenced
        where
            {%- for column in key + ['effective_from'] %}
            {{ "and " if not loop.first }}referenced.{{ column }} is not distinct from shipped.{{ column }}
            {%- endfor %}
    )

)

select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    coalesce(
        lead(effective_from) over (
            partition by {{ key | join(', ') }}
            order by effective_from
        ),
        date '9999-12-31'
    ) as effective_until
from extended
{%- endmacro %}
