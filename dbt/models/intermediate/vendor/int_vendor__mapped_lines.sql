-- Grain: one row per line of a vendor's invoice in effect whose period this run computes.
-- Supports REC-1: the vendor's lines with the invoice of ours that they belong to and their key.
-- Guarantees: a currency, the contract's where the vendor names none.
-- Forbids: a line of a month outside the run's scope.
with

placed as (

    select * from {{ ref('int_vendor__placed_lines') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

)

select
    placed.org,
    placed.vendor_invoice_number,
    placed.invoice_date,
    placed.period_start,
    placed.invoice_month,
    placed.group_id,
    placed.invoice_id,
    placed.service_start,
    placed.service_end,
    placed.description,
    placed.quantity,
    placed.rate,
    placed.amount,
    coalesce(placed.currency, placed.expected_currency) as currency,
    placed.expected_currency,
    placed.contract_version,
    placed.section,
    placed.charge_prefixes,
    placed.charge_key,
    placed.nearest_descriptions,
    placed.file_id,
    placed.line_number
from placed
inner join scope_months
    on
        placed.org = scope_months.org
        and placed.invoice_month = scope_months.invoice_month
