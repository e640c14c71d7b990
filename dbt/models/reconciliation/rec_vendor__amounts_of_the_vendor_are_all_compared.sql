-- Grain: one row per organization and invoice month of the run.
-- Invariant: The vendor's amounts in the reconciliation are those of the vendor's lines. REC-1, in
-- money.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

vendor_invoice_lines as (

    select * from {{ ref('vendor_invoice_lines') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

lines_of_month as (

    select
        org,
        invoice_month,
        sum(amount) as amount
    from vendor_invoice_lines
    group by org, invoice_month

),

rows_of_month as (

    select
        org,
        invoice_month,
        sum(vendor_amount) as amount
    from reconciliation
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        lines_of_month.amount as expected,
        rows_of_month.amount as actual
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
    'vendor.amounts_of_the_vendor_are_all_compared',
    'amounts of the lines of the vendor, and its amounts in the reconciliation'
) }}
