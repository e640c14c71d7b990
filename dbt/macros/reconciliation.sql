{#-
    The outcome of an invariant that every row must satisfy: expected is how many rows there are,
    actual how many of them hold, and the detail names the first that do not.
    `examined` is a CTE with org, invoice_month, subject (what a person calls the row) and holds.
    Follows a CTE list that contains `scope`; a null is no proof, so it does not hold.
-#}
{% macro every_row_holds(invariant_id, examined='examined') -%}
select
    '{{ invariant_id }}' as invariant_id,
    scope.org,
    scope.period_start,
    coalesce(counted.examined, 0)::decimal(38, 6) as expected,
    coalesce(counted.held, 0)::decimal(38, 6) as actual,
    coalesce('does not hold for ' || nullif(counted.broken, ''), 'holds for every row') as detail
from scope
left join (
    select
        org,
        invoice_month,
        count(*) as examined,
        count(*) filter (where holds) as held,
        {{ listed_names('case when holds is not true then subject end') }} as broken
    from {{ examined }}
    group by org, invoice_month
) as counted
    on
        scope.org = counted.org
        and scope.invoice_month = counted.invoice_month
{%- endmacro %}

{#-
    The outcome of an invariant that compares two figures of an organization and month: `figures` is
    a CTE with org, invoice_month, expected and actual, at most one row each. Nothing is 0: a month
    without the things that are counted is compared too.
-#}
{% macro figures_agree(invariant_id, detail, figures='figures') -%}
select
    '{{ invariant_id }}' as invariant_id,
    scope.org,
    scope.period_start,
    coalesce({{ figures }}.expected, 0)::decimal(38, 6) as expected,
    coalesce({{ figures }}.actual, 0)::decimal(38, 6) as actual,
    '{{ detail }}' as detail
from scope
left join {{ figures }}
    on
        scope.org = {{ figures }}.org
        and scope.invoice_month = {{ figures }}.invoice_month
{%- endmacro %}

{#-
    How many calls landed rows are of: by the identity of a call (VOX-10), apart from the rules' own
    search for the row that counts.
-#}
{% macro count_distinct_calls(calls) -%}
count(
    distinct hash(
        {{ calls }}.sip_call_id,
        lower({{ calls }}.direction),
        {{ calls }}.start_at,
        {{ calls }}.origin,
        {{ calls }}.destination
    )
)
{%- endmacro %}
