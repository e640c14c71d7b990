-- Grain: one row per organization and period in scope whose invoice has a line without a rate.
-- Rule: CHK unpriced_usage (a quantity without a rate in a direct, non-trial contract holds).
-- Guarantees: only what is billed counts: what the ramp frees is no line. An order line without a
-- rate holds its own invoice (int_invoicing__invoices) and is not listed here.
with

lines as (

    select * from {{ ref('int_invoicing__lines') }}

)

select
    org,
    invoice_key as period_start,
    count(*) || ' charges have a quantity but no rate, first '
    || array_to_string(
        list_slice(list(charge_code order by charge_code), 1, {{ names_shown() }}), ', '
    )
    || ': add the rates to the contract' as detail
from lines
where
    is_unpriced
    and invoice_kind = 'period'
group by org, invoice_key
