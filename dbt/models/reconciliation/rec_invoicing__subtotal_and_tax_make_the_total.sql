-- Grain: one row per organization and invoice month of the run.
-- Invariant: Subtotal and tax make the total, and the tax is that of the tax lines. (INV-2, TAX-1)
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

sums as (

    select
        invoice_id,
        sum(amount) as total,
        sum(amount) filter (where starts_with(charge_code, 'tax.')) as tax,
        count(*) as lines,
        max(line_number) as last_number,
        count(distinct line_number) as numbers
    from invoice_lines
    group by invoice_id

),

examined as (

    select
        invoices.org,
        invoices.invoice_month,
        invoices.invoice_id as subject,
        ((invoices.subtotal + invoices.tax) is not distinct from invoices.total)
        and coalesce(invoices.tax, 0) = coalesce(sums.tax, 0) as holds
    from invoices
    inner join scope
        on
            invoices.org = scope.org
            and invoices.invoice_month = scope.invoice_month
    left join sums
        on invoices.invoice_id = sums.invoice_id

)

{{ every_row_holds('invoicing.subtotal_and_tax_make_the_total') }}
