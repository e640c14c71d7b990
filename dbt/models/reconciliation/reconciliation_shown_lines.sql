-- Grain: one row per invoice line of this run, as its invoice shows it.
-- What the invariants of documents compare, whatever made the line: issued ones and adjustments
-- too; no figure is made here.
{{ config(materialized='table') }}
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

currencies as (

    select * from {{ ref('stg_catalogue__currencies') }}

)

select
    invoice_lines.org,
    invoice_lines.invoice_month,
    invoice_lines.invoice_id,
    invoice_lines.line_id,
    invoices.invoice_kind,
    invoices.invoice_date,
    invoices.contract_version,
    invoice_lines.section,
    invoice_lines.charge_code,
    split_part(invoice_lines.charge_code, '.', 1) as charge_family,
    invoice_lines.service_start,
    invoice_lines.service_end,
    invoice_lines.quantity,
    invoice_lines.rate,
    invoice_lines.amount,
    currencies.minor_units
from invoice_lines
inner join scope
    on
        invoice_lines.org = scope.org
        and invoice_lines.invoice_month = scope.invoice_month
inner join invoices
    on invoice_lines.invoice_id = invoices.invoice_id
inner join currencies
    on
        invoice_lines.currency = currencies.currency
        and invoice_lines.service_start >= currencies.effective_from
        and invoice_lines.service_start < currencies.effective_until
