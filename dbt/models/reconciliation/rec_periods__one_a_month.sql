-- Grain: one row per organization and invoice month of the run.
-- Invariant: An organization has exactly one period in force in each invoice month, and it is the
-- computed one. (PER-4)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

billing_periods as (

    select * from {{ ref('billing_periods') }}

),

examined as (

    select
        scope.org,
        scope.invoice_month,
        scope.invoice_month::varchar as subject,
        count(*) = 1 and min(billing_periods.period_start) = min(scope.period_start) as holds
    from scope
    inner join billing_periods
        on
            scope.org = billing_periods.org
            and scope.invoice_month = billing_periods.invoice_month
    where billing_periods.phase <> 'ended'
    group by scope.org, scope.invoice_month

)

{{ every_row_holds('periods.one_a_month') }}
