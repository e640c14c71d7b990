-- Grain: one row per organization and invoice month of the run.
-- Invariant: An invoice is held exactly if a check says why. (INV-4, INV-7)
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
        invoices.invoice_id as subject,
        (invoices.status = 'held') = (len(invoices.hold_reasons) > 0) as holds
    from invoices
    inner join scope
        on
            invoices.org = scope.org
            and invoices.invoice_month = scope.invoice_month

)

{{ every_row_holds('invoicing.held_for_a_reason') }}
