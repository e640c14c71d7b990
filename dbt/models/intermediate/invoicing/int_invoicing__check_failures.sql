-- Grain: one row per organization, period in scope and check of CHK that fails in it.
-- Rule: INV-4 (a failed blocking check holds that organization's invoice and no other's).
-- Guarantees: exactly the declared checks (check_names.sql), each with its severity.
-- Forbids: a check's own rule, which lives in its chk_ model.
{{ config(
    pre_hook="{{ projections_as_written() }}",
    post_hook="{{ planned_as_usual() }}"
) }}
with

failures as (

    {% for check_name, severity in declared_checks() %}
        select
            '{{ check_name }}' as check_name,
            '{{ severity }}' as severity,
            org,
            period_start,
            detail
        from {{ ref('chk_' ~ check_name) }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

)

select
    check_name,
    severity,
    org,
    period_start,
    string_agg(detail, '; ' order by detail) as detail
from failures
group by check_name, severity, org, period_start
