-- Grain: one row per organization and invoice month of the run.
-- Invariant: The totals of a month's invoices are the amounts of its lines. (INV-2, in money)
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

lines_of_month as (

    select
        org,
        invoice_month,
        sum(amount) as amount
    from invoice_lines
    group by org, invoice_month

),

totals_of_month as (

    select
        org,
        invoice_month,
        sum(total) as amount
    from invoices
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        lines_of_month.amount as expected,
        totals_of_month.amount as actual
    from scope
    left join lines_of_month
        on
            scope.org = lines_of_month.org
            and scope.invoice_month = lines_of_month.invoice_month
    left join totals_of_month
        on
            scope.org = totals_of_month.org
            and scope.invoice_month = totals_of_month.invoice_month

)

{{ figures_agree(
    'invoicing.lines_add_up_to_the_totals',
    'amounts of the lines of the month, and totals of its invoices'
) }}
