-- Grain: one row per invoice and tax of its contract that is a line.
-- Rule: TAX-1 (quantity = the amounts of the lines in the tax's sections; amount rounded once).
-- Guarantees: without sections every line counts, fees included; a line without an amount counts as
-- nothing, and so a tax on nothing is no line; a credit lowers the base, and may turn it.
-- Forbids: a tax on a tax.
{{ config(materialized='view') }}
with

candidates as (

    select * from {{ ref('int_invoicing__candidates') }}

),

contract_taxes as (

    select * from {{ ref('stg_contracts__taxes') }}

),

lines as (

    select {{ line_columns() | join(', ') }} from {{ ref('int_invoicing__priced_lines') }}
    union all
    select {{ line_columns() | join(', ') }} from {{ ref('int_invoicing__fees') }}

),

section_amounts as (

    select
        org,
        invoice_kind,
        invoice_key,
        section,
        sum(amount) as amount
    from lines
    group by org, invoice_kind, invoice_key, section

),

taxed as (

    select
        candidates.org,
        candidates.invoice_month,
        candidates.invoice_kind,
        candidates.invoice_key,
        candidates.period_start,
        candidates.period_end,
        candidates.minor_units,
        contract_taxes.position,
        contract_taxes.name,
        contract_taxes.name_slug,
        contract_taxes.rate,
        sum(section_amounts.amount)::decimal(18, 6) as quantity
    from candidates
    inner join contract_taxes
        on
            candidates.org = contract_taxes.org
            and candidates.contract_version = contract_taxes.version
    inner join section_amounts
        on
            candidates.org = section_amounts.org
            and candidates.invoice_kind = section_amounts.invoice_kind
            and candidates.invoice_key = section_amounts.invoice_key
            and (
                contract_taxes.sections is null
                or list_contains(contract_taxes.sections, section_amounts.section)
            )
    group by
        candidates.org,
        candidates.invoice_month,
        candidates.invoice_kind,
        candidates.invoice_key,
        candidates.period_start,
        candidates.period_end,
        candidates.minor_units,
        contract_taxes.position,
        contract_taxes.name,
        contract_taxes.name_slug,
        contract_taxes.rate

)

select
    org,
    invoice_month,
    invoice_kind,
    invoice_key,
    'taxes' as section,
    'tax.' || name_slug as charge_code,
    name as description,
    period_start as service_start,
    period_end as service_end,
    quantity,
    'currency' as unit,
    rate,
    {{ line_amount('quantity', 'rate', 'minor_units') }} as amount,
    false as is_unpriced,
    'TAX-1' as rule_id
from taxed
where quantity <> 0
