-- Grain: one row per check of CHK that lives in dbt, organization and period computed.
-- Guarantees: a check that passed is a row too, so a missing row is a missing check. What fails in
-- an issued period is a warning there, and an error of the period whose invoice it holds instead.
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

carried_failures as (

    select * from {{ ref('int_invoicing__carried_failures') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}
    where invoice_kind = 'period'

),

own_failures as (

    select
        failures.org,
        failures.period_start,
        failures.check_name,
        case when issued_invoices.invoice_id is null then failures.severity else 'warn' end
            as severity,
        failures.detail
    from failures
    left join issued_invoices
        on
            failures.org = issued_invoices.org
            and failures.period_start = issued_invoices.period_start

),

all_failures as (

    select
        org,
        period_start,
        check_name,
        min(severity) as severity,
        string_agg(distinct detail, '; ' order by detail) as detail
    from (
        select
            org,
            period_start,
            check_name,
            severity,
            detail
        from own_failures
        union all
        select
            org,
            period_start,
            check_name,
            severity,
            detail
        from carried_failures
    ) as both_failures
    group by org, period_start, check_name

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
    coalesce(failures.severity, declared.severity) as severity,
    failures.check_name is null as passed,
    failures.detail,
    run.run_id
from scope
cross join declared
cross join run
left join all_failures as failures
    on
        declared.check_name = failures.check_name
        and scope.org = failures.org
        and scope.period_start = failures.period_start
