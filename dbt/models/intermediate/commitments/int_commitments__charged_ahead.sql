-- Grain: one row per organization and period that an invoice of this run can charge in advance.
-- Supports CON-2, CON-3, CON-15: the invoice of period k carries what is charged ahead for k+1; the
-- order invoice of the effective date carries it for period 0.
-- Guarantees: contract_version is that of the charged period, which alone decides what is charged.
-- Forbids: a period that is not in force (CON-13: the final invoice charges nothing ahead).
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

carried_by_period_invoice as (

    select
        scope.org,
        scope.invoice_month,
        'period' as invoice_kind,
        scope.period_start as invoice_key,
        periods.period_start,
        periods.period_end,
        periods.phase,
        periods.contract_version
    from scope
    inner join periods
        on
            scope.org = periods.org
            and scope.period_index + 1 = periods.period_index
    where periods.is_in_force

),

carried_by_order_invoice as (

    select
        periods.org,
        scope_months.invoice_month,
        'order' as invoice_kind,
        periods.period_start as invoice_key,
        periods.period_start,
        periods.period_end,
        periods.phase,
        periods.contract_version
    from periods
    inner join scope_months
        on
            periods.org = scope_months.org
            and date_trunc('month', periods.period_start)::date = scope_months.invoice_month
    where
        periods.period_index = 0
        and periods.is_in_force

)

select * from carried_by_period_invoice
union all
select * from carried_by_order_invoice
