-- Grain: one row per invoice and section that has a line.
-- Guarantees: the subtotals add up to the invoice's total; first_line_number is in INV-1's order.
-- Forbids: a null amount counted as 0 (a section without any price has none).
{{ config(pre_hook="{{ replace_scope() }}") }}
with

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

)

select
    invoice_lines.invoice_id,
    invoice_lines.org,
    invoice_lines.invoice_month,
    invoice_lines.section,
    min(invoice_lines.line_number) as first_line_number,
    count(*) as line_count,
    sum(invoice_lines.amount)::decimal(18, 2) as subtotal,
    invoice_lines.currency
from scope_months
inner join invoice_lines
    on
        scope_months.org = invoice_lines.org
        and scope_months.invoice_month = invoice_lines.invoice_month
group by
    invoice_lines.invoice_id,
    invoice_lines.org,
    invoice_lines.invoice_month,
    invoice_lines.section,
    invoice_lines.currency
