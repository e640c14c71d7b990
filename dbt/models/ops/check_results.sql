-- Grain: one row per check of CHK that lives in dbt, organization and period computed.
-- Guarantees: a check that passed is a row too, so a missing row is a missing check.
-- Forbids: a check's own rule; holding an invoice (INV-4 reads the same failures).
{{ config(pre_hook="{{ replace_scope() }}") }}
-- depends_on: {{ ref('int_periods__scope_months') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

run as (

    select * from {{ ref('stg_ops__run') }}

),

failures as (

    select * from {{ ref('int_invoicing__check_failures') }}

),

declared as (

    {% for check_name, severity in declared_checks() %}
        select
            '{{ check_name }}' as check_name,
            '{{ severity }}' as severity
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

)

select
    declared.check_name,
    scope.org,
    scope.period_start,
    scope.invoice_month,
    declared.severity,
    failures.check_name is null as passed,
    failures.detail,
    run.run_id
from scope
cross join declared
cross join run
left join failures
    on
        declared.check_name = failures.check_name
        and scope.org = failures.org
        and scope.period_start = failures.period_start
