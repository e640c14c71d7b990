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
        and case invoices.invoice_kind
            when 'order' then invoices.invoice_date = invoices.period_start
            when 'period' then invoices.invoice_date = invoices.period_end + 1
            else invoices.invoice_date > invoices.period_end
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
    -- an issued invoice was proved when it was issued, by the contract of that day
    where invoices.status <> 'issued'

)

{{ every_row_holds('invoicing.due_after_the_terms') }}
