-- Grain: one row per organization and invoice month of the run.
-- Invariant: The lines of an invoice are numbered from 1 without a gap. A missing number is a
-- missing line.
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
        coalesce(sums.last_number = sums.lines and sums.numbers = sums.lines, true) as holds
    from invoices
    inner join scope
        on
            invoices.org = scope.org
            and invoices.invoice_month = scope.invoice_month
    left join sums
        on invoices.invoice_id = sums.invoice_id

)

{{ every_row_holds('invoicing.lines_are_numbered_through') }}
