-- Grain: one row per organization and invoice month of the run.
-- Invariant: A line id names one line. Disputes, adjustments and evidence point to it.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

),

examined as (

    select
        invoice_lines.org,
        invoice_lines.invoice_month,
        invoice_lines.line_id as subject,
        count(*) = 1 as holds
    from invoice_lines
    inner join scope
        on
            invoice_lines.org = scope.org
            and invoice_lines.invoice_month = scope.invoice_month
    group by invoice_lines.org, invoice_lines.invoice_month, invoice_lines.line_id

)

{{ every_row_holds('invoicing.a_line_id_is_one_line') }}
