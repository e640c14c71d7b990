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

open_invoices as (

    -- what fails in an issued period holds the correction that would carry it, if there is one
    select
        org,
        period_start,
        flatten(list(hold_reasons)) as hold_reasons
    from invoices
    where
        invoice_kind in ('period', 'correction')
        and status <> 'issued'
    group by org, period_start

),

examined as (

    select
        check_results.org,
        check_results.invoice_month,
        check_results.check_name as subject,
        check_results.passed <> list_contains(
            coalesce(open_invoices.hold_reasons, []), check_results.check_name
        ) as holds
    from check_results
    inner join scope
        on
            check_results.org = scope.org
            and check_results.invoice_month = scope.invoice_month
    left join open_invoices
        on
            check_results.org = open_invoices.org
            and check_results.period_start = open_invoices.period_start
    where check_results.severity = 'error'

)

{{ every_row_holds('invoicing.failed_checks_hold') }}
