-- Grain: one row per organization and invoice month of the run.
-- Invariant: The expected amounts of the reconciliation are the amounts of the lines that the
-- vendor has invoiced. REC-1, in money; where an amount is unknown, so is the row's (CON-11).
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

lines_of_period as (

    -- only where every amount is known: one that is not hides the others of its row
    select
        invoice_lines.org,
        invoice_lines.invoice_month,
        case when count(*) = count(invoice_lines.amount) then sum(invoice_lines.amount) end
            as amount
    from invoice_lines
    inner join invoiced
        on invoice_lines.invoice_id = invoiced.invoice_id
    group by invoice_lines.org, invoice_lines.invoice_month

),

rows_of_month as (

    select
        org,
        invoice_month,
        sum(expected_amount) as amount
    from reconciliation
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        lines_of_period.amount as expected,
        case when lines_of_period.amount is not null then rows_of_month.amount end as actual
    from scope
    left join lines_of_period
        on
            scope.org = lines_of_period.org
            and scope.invoice_month = lines_of_period.invoice_month
    left join rows_of_month
        on
            scope.org = rows_of_month.org
            and scope.invoice_month = rows_of_month.invoice_month

)

{{ figures_agree(
    'vendor.amounts_of_ours_are_all_compared',
    'amounts of the lines that the vendor has invoiced, and expected amounts'
) }}
