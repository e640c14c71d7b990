-- Grain: one row per organization and invoice month of the run.
-- Invariant: A period starts and ends a whole number of months after the effective date. PER-1:
-- months are added to the anchor itself, never to the period before.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

billing_periods as (

    select * from {{ ref('billing_periods') }}

),

organizations as (

    select * from {{ ref('stg_contracts__organizations') }}

),

examined as (

    select
        scope.org,
        scope.invoice_month,
        billing_periods.period_start::varchar as subject,
        billing_periods.period_start = (
            organizations.effective_date
            + to_months(
                datediff('month', organizations.effective_date, billing_periods.period_start)
            )
        )::date
        and billing_periods.period_end + 1 = (
            organizations.effective_date
            + to_months(
                datediff('month', organizations.effective_date, billing_periods.period_start) + 1
            )
        )::date as holds
    from scope
    inner join billing_periods
        on
            scope.org = billing_periods.org
            and scope.invoice_month = billing_periods.invoice_month
    inner join organizations
        on scope.org = organizations.org

)

{{ every_row_holds('periods.start_at_the_anchor') }}
