-- Grain: one row per organization and invoice month of the run.
-- Invariant: An invoice is in its contract's currency. (PAY-3, VOX-11)
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
        invoices.currency = versions.currency as holds
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

{{ every_row_holds('invoicing.currency_is_the_contracts') }}
