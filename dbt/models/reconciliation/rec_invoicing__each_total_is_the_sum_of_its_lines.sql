-- Grain: one row per organization and invoice month of the run.
-- Invariant: The total of an invoice is the sum of its lines; null if all of them are, 0 without
-- any. INV-2, INV-7, for each invoice: two errors must not cancel out.
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
        case
            when sums.lines is null then (invoices.total = 0)
            else (invoices.total is not distinct from sums.total)
        end as holds
    from invoices
    inner join scope
        on
            invoices.org = scope.org
            and invoices.invoice_month = scope.invoice_month
    left join sums
        on invoices.invoice_id = sums.invoice_id

)

{{ every_row_holds('invoicing.each_total_is_the_sum_of_its_lines') }}
