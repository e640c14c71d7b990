-- Grain: one row per organization and invoice month of the run.
-- Invariant: An invoice is dated the day after its period, an order's that of the order, and due
-- after the payment terms. (PAY-1)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

invoices as (

    select * from {{ ref('invoices') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

examined as (

    select
        invoices.org,
        invoices.invoice_month,
        invoices.invoice_id as subject,
        invoices.due_date = invoices.invoice_date + versions.payment_terms_days
        and invoices.invoice_date
        = case invoices.invoice_kind
            when 'order' then invoices.period_start
            else invoices.period_end + 1
        end as holds
    from invoices
    inner join scope
        on
            invoices.org = scope.org
            and invoices.invoice_month = scope.invoice_month
    inner join versions
        on
            invoices.org = versions.org
            and invoices.contract_version = versions.version

)

{{ every_row_holds('invoicing.due_after_the_terms') }}
