-- Grain: one row per invoice line of this run as the inputs give it now.
-- What the invariants of lines compare; no figure is made here. An issued invoice's lines are those
-- that it would have now (computed_lines): its own are proved against the book, and the difference
-- against the adjustments, which are no lines of a rule.
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

computed_lines as (

    select * from {{ ref('computed_lines') }}

),

currencies as (

    select * from {{ ref('stg_catalogue__currencies') }}

),

lines as (

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
        invoice_lines.service_start,
        invoice_lines.service_end,
        invoice_lines.quantity,
        invoice_lines.rate,
        invoice_lines.amount,
        invoice_lines.currency
    from invoice_lines
    inner join invoices
        on invoice_lines.invoice_id = invoices.invoice_id
    where
        invoices.status <> 'issued'
        and invoice_lines.adjusted_invoice_id is null
    union all
    select
        computed_lines.org,
        computed_lines.invoice_month,
        computed_lines.invoice_id,
        computed_lines.invoice_id || ':' || computed_lines.charge_code as line_id,
        computed_lines.invoice_kind,
        computed_lines.invoice_date,
        computed_lines.contract_version,
        computed_lines.section,
        computed_lines.charge_code,
        computed_lines.service_start,
        computed_lines.service_end,
        computed_lines.quantity,
        computed_lines.rate,
        computed_lines.amount,
        computed_lines.currency
    from computed_lines
    inner join invoices
        on computed_lines.invoice_id = invoices.invoice_id
    where invoices.status = 'issued'

)

select
    lines.org,
    lines.invoice_month,
    lines.invoice_id,
    lines.line_id,
    lines.invoice_kind,
    lines.invoice_date,
    lines.contract_version,
    lines.section,
    lines.charge_code,
    split_part(lines.charge_code, '.', 1) as charge_family,
    lines.service_start,
    lines.service_end,
    lines.quantity,
    lines.rate,
    lines.amount,
    currencies.minor_units
from lines
inner join scope
    on
        lines.org = scope.org
        and lines.invoice_month = scope.invoice_month
inner join currencies
    on
        lines.currency = currencies.currency
        and lines.service_start >= currencies.effective_from
        and lines.service_start < currencies.effective_until
