-- Grain: one row per invoice.
-- Guarantees: issued invoices as the book has them, all others as computed last; history outside
-- the run's scope stays.
{{ config(pre_hook="{{ replace_scope() }}") }}
-- depends_on: {{ ref('int_periods__scope_months') }}
with

invoices as (

    select * from {{ ref('int_invoicing__invoices') }}

),

payment_methods as (

    select * from {{ ref('int_invoicing__payment_methods') }}

)

select
    invoices.invoice_id,
    invoices.invoice_number,
    invoices.org,
    invoices.customer,
    invoices.invoice_kind,
    invoices.estimate_through,
    invoices.invoice_month,
    invoices.invoice_date,
    invoices.due_date,
    invoices.period_start,
    invoices.period_end,
    invoices.contract_version,
    invoices.currency,
    invoices.subtotal,
    invoices.tax,
    invoices.total,
    invoices.status,
    invoices.hold_reasons,
    payment_methods.payment_methods
from invoices
inner join payment_methods
    on invoices.invoice_id = payment_methods.invoice_id
