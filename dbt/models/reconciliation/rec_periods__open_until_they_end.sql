-- Grain: one row per organization and invoice month of the run.
-- Invariant: A period is open through its last day, and usage is complete through the day before
-- today. (PER-6)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

billing_periods as (

    select * from {{ ref('billing_periods') }}

),

run as (

    select * from {{ ref('stg_ops__run') }}

),

examined as (

    select
        scope.org,
        scope.invoice_month,
        billing_periods.period_start::varchar as subject,
        billing_periods.is_open = (run.as_of <= billing_periods.period_end)
        and billing_periods.coverage_through < run.as_of
        and billing_periods.coverage_through <= billing_periods.period_end as holds
    from scope
    inner join billing_periods
        on
            scope.org = billing_periods.org
            and scope.invoice_month = billing_periods.invoice_month
    cross join run

)

{{ every_row_holds('periods.open_until_they_end') }}
