-- Grain: one row per organization and invoice month of the run.
-- Invariant: A period has one invoice, and an order date has one, in the month of its last day.
-- (PER-4, CON-9)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

invoices as (

    select * from {{ ref('invoices') }}

),

examined as (

    select
        invoices.org,
        invoices.invoice_month,
        invoices.invoice_kind || ' ' || invoices.period_start::varchar as subject,
        count(*) = 1
        and (
            invoices.invoice_kind <> 'period'
            or bool_or(invoices.status = 'issued')
            or min(invoices.period_start) = min(scope.period_start)
        )
        and bool_and(date_trunc('month', invoices.period_end) = invoices.invoice_month) as holds
    from invoices
    inner join scope
        on
            invoices.org = scope.org
            and invoices.invoice_month = scope.invoice_month
    where invoices.invoice_kind <> 'correction'
    group by
        invoices.org,
        invoices.invoice_month,
        invoices.invoice_kind,
        invoices.period_start

)

{{ every_row_holds('invoicing.one_invoice_a_period_or_date') }}
