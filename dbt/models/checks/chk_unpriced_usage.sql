-- Grain: one row per organization and period in scope whose invoice has a line without a rate.
-- Rule: CHK unpriced_usage (a quantity without a rate in a direct, non-trial contract holds).
-- Guarantees: only what is billed counts: what the ramp frees is no line. An order line without a
-- rate holds its own invoice (int_invoicing__invoices) and is not listed here.
with

lines as (

    select {{ line_columns() | join(', ') }} from {{ ref('int_invoicing__priced_lines') }}
    union all
    select {{ line_columns() | join(', ') }} from {{ ref('int_invoicing__fees') }}

)

select
    org,
    invoice_key as period_start,
    'A quantity but no rate: '
    || {{ listed_names('charge_code') }}
    || '. Add the rates to the contract.' as detail
from lines
where
    is_unpriced
    and invoice_kind = 'period'
group by org, invoice_key
