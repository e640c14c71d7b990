-- Grain: one row per invoice.
-- Rules: PAY-5 (the billing contact of the organization's region), PAY-6 (its own payment link).
-- Guarantees: who is billed and whom to ask, as the contract and the catalogue in force on the
-- invoice say; an issued invoice's as they said when it was issued (INV-3).
-- Forbids: a figure; an invoice without a row here because its country has no region.
{{ config(pre_hook="{{ replace_scope() }}") }}
with

invoices as (

    select * from {{ ref('invoices') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

currencies as (

    select * from {{ ref('stg_catalogue__currencies') }}

),

regions as (

    select * from {{ ref('stg_catalogue__billing_regions') }}

),

contacts as (

    select * from {{ ref('stg_catalogue__billing_contacts') }}

)

select
    invoices.invoice_id,
    invoices.org,
    invoices.invoice_month,
    currencies.minor_units,
    versions.name as organization_name,
    versions.country,
    versions.channel,
    versions.bill_to_name,
    versions.bill_to_address,
    versions.bill_to_email,
    versions.contract_number,
    versions.purchase_order,
    versions.payment_terms_days,
    replace(versions.payment_url, '{invoice_id}', invoices.invoice_id) as payment_link,
    versions.statement_recipients,
    regions.region as billing_region,
    contacts.name as billing_contact_name,
    contacts.email as billing_contact_email,
    contacts.phone as billing_contact_phone
from scope_months
inner join invoices
    on
        scope_months.org = invoices.org
        and scope_months.invoice_month = invoices.invoice_month
inner join versions
    on
        invoices.org = versions.org
        and invoices.contract_version = versions.version
inner join currencies
    on
        invoices.currency = currencies.currency
        and invoices.invoice_date >= currencies.effective_from
        and invoices.invoice_date < currencies.effective_until
left join regions
    on
        versions.country = regions.country
        and invoices.invoice_date >= regions.effective_from
        and invoices.invoice_date < regions.effective_until
left join contacts
    on
        regions.region = contacts.region
        and invoices.invoice_date >= contacts.effective_from
        and invoices.invoice_date < contacts.effective_until
where invoices.invoice_id not in (select issued_invoices.invoice_id from issued_invoices)
union all
select
    issued_invoices.invoice_id,
    issued_invoices.org,
    issued_invoices.invoice_month,
    issued_invoices.minor_units,
    issued_invoices.organization_name,
    issued_invoices.country,
    issued_invoices.channel,
    issued_invoices.bill_to_name,
    issued_invoices.bill_to_address,
    issued_invoices.bill_to_email,
    issued_invoices.contract_number,
    issued_invoices.purchase_order,
    issued_invoices.payment_terms_days,
    issued_invoices.payment_link,
    issued_invoices.statement_recipients,
    issued_invoices.billing_region,
    issued_invoices.billing_contact_name,
    issued_invoices.billing_contact_email,
    issued_invoices.billing_contact_phone
from issued_invoices
inner join scope_months
    on
        issued_invoices.org = scope_months.org
        and issued_invoices.invoice_month = scope_months.invoice_month
