-- Grain: one row per organization and invoice month of the run.
-- Invariant: A blocking check that fails holds the invoice of its organization and period, and one
-- that passes does not. (INV-4)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

invoices as (

    select * from {{ ref('invoices') }}

),

check_results as (

    select * from {{ ref('check_results') }}

),

examined as (

    select
        check_results.org,
        check_results.invoice_month,
        check_results.check_name as subject,
        check_results.passed <> list_contains(
            coalesce(invoices.hold_reasons, []), check_results.check_name
        ) as holds
    from check_results
    inner join scope
        on
            check_results.org = scope.org
            and check_results.invoice_month = scope.invoice_month
    left join invoices
        on
            check_results.org = invoices.org
            and check_results.period_start = invoices.period_start
            and invoices.invoice_kind = 'period'
    where check_results.severity = 'error'

)

{{ every_row_holds('invoicing.failed_checks_hold') }}
