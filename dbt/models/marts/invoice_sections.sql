-- Grain: one row per invoice and section that has a line.
-- Guarantees: the subtotals add up to the invoice's total; first_line_number is in INV-1's order.
-- Forbids: a null amount counted as 0 (a section without any price has none).
{{ config(materialized='view') }}
with

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

)

select
    invoice_id,
    org,
    invoice_month,
    section,
    min(line_number) as first_line_number,
    count(*) as line_count,
    sum(amount)::decimal(18, 2) as subtotal,
    currency
from invoice_lines
group by
    invoice_id,
    org,
    invoice_month,
    section,
    currency
