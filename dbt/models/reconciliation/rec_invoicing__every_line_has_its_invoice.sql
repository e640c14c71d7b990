-- Grain: one row per organization and invoice month of the run.
-- Invariant: Every line belongs to an invoice of its organization, month and currency. A line
-- without an invoice is charged to nobody.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

invoices as (

    select * from {{ ref('invoices') }}

),

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

),

examined as (

    select
        invoice_lines.org,
        invoice_lines.invoice_month,
        invoice_lines.line_id as subject,
        invoices.org = invoice_lines.org
        and invoices.invoice_month = invoice_lines.invoice_month
        and invoices.currency = invoice_lines.currency as holds
    from invoice_lines
    inner join scope
        on
            invoice_lines.org = scope.org
            and invoice_lines.invoice_month = scope.invoice_month
    left join invoices
        on invoice_lines.invoice_id = invoices.invoice_id

)

{{ every_row_holds('invoicing.every_line_has_its_invoice') }}
