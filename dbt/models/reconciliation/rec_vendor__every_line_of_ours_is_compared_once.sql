-- Grain: one row per organization and invoice month of the run.
-- Invariant: Every line of an invoice that the vendor has invoiced is in exactly one row of the
-- reconciliation. REC-1: a line that is compared nowhere is paid unseen.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

vendor_invoice_lines as (

    select * from {{ ref('vendor_invoice_lines') }}

),

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

invoiced as (

    select distinct invoice_id from vendor_invoice_lines

),

lines_of_month as (

    select
        invoice_lines.org,
        invoice_lines.invoice_month,
        count(*) as lines
    from invoice_lines
    inner join invoiced
        on invoice_lines.invoice_id = invoiced.invoice_id
    group by invoice_lines.org, invoice_lines.invoice_month

),

rows_of_month as (

    select
        org,
        invoice_month,
        sum(expected_lines) as lines
    from reconciliation
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        lines_of_month.lines as expected,
        rows_of_month.lines as actual
    from scope
    left join lines_of_month
        on
            scope.org = lines_of_month.org
            and scope.invoice_month = lines_of_month.invoice_month
    left join rows_of_month
        on
            scope.org = rows_of_month.org
            and scope.invoice_month = rows_of_month.invoice_month

)

{{ figures_agree(
    'vendor.every_line_of_ours_is_compared_once',
    'lines of the invoices that the vendor has invoiced, and lines in the reconciliation'
) }}
