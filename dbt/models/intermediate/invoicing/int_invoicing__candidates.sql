-- Grain: one row per invoice that this run can make: each period in scope, each date with an order,
-- a correction after the last period (INV-3).
-- Rule: PAY-1 (invoice date: the day after the period's last day, an order's its own date; due
-- after the payment terms).
-- Guarantees: one period invoice per organization and invoice month, one order invoice per
-- organization and date, each with the contract in force in it. An issued one is computed too, to
-- see what has changed since (INV-3).
-- Forbids: deciding whether there is an invoice (INV-5).
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

contract_dates as (

    select * from {{ ref('int_invoicing__contract_dates') }}

),

charges as (

    select * from {{ ref('int_invoicing__gated_charges') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

carriers as (

    select * from {{ ref('int_invoicing__carriers') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

currencies as (

    select * from {{ ref('stg_catalogue__currencies') }}

),

period_invoices as (

    select
        org || '-' || strftime(invoice_month, '%Y-%m') as invoice_id,
        org,
        'period' as invoice_kind,
        period_start as invoice_key,
        invoice_month,
        next_period_start as invoice_date,
        period_start,
        period_end,
        contract_version,
        case when is_open then coverage_through end as estimate_through
    from scope

),

order_dates as (

    select
        org,
        invoice_month,
        invoice_key as order_date
    from charges
    where invoice_kind = 'order'
    group by org, invoice_month, invoice_key

),

order_invoices as (

    select
        order_dates.org || '-order-' || strftime(order_dates.order_date, '%Y-%m-%d') as invoice_id,
        order_dates.org,
        'order' as invoice_kind,
        order_dates.order_date as invoice_key,
        order_dates.invoice_month,
        order_dates.order_date as invoice_date,
        order_dates.order_date as period_start,
        order_dates.order_date as period_end,
        contract_dates.contract_version,
        null::date as estimate_through
    from order_dates
    inner join contract_dates
        on
            order_dates.org = contract_dates.org
            and order_dates.order_date >= contract_dates.from_date
            and order_dates.order_date < contract_dates.until_date

),

correction_invoices as (

    -- dated when it is made: what it corrects is long dated, and an issued one keeps its date
    select distinct
        carriers.carrier_id as invoice_id,
        scope.org,
        'correction' as invoice_kind,
        scope.period_start as invoice_key,
        scope.invoice_month,
        greatest(scope.as_of, scope.next_period_start) as invoice_date,
        scope.period_start,
        scope.period_end,
        scope.contract_version,
        null::date as estimate_through
    from carriers
    inner join scope
        on
            carriers.org = scope.org
            and carriers.carrier_key = scope.period_start
    where carriers.carrier_kind = 'correction'

),

invoices as (

    select * from period_invoices
    union all
    select * from order_invoices
    union all
    select * from correction_invoices

)

select
    invoices.invoice_id,
    invoices.org,
    versions.customer,
    invoices.invoice_kind,
    invoices.invoice_key,
    invoices.invoice_month,
    invoices.invoice_date,
    invoices.invoice_date + versions.payment_terms_days as due_date,
    invoices.period_start,
    invoices.period_end,
    invoices.contract_version,
    versions.country,
    versions.channel,
    versions.is_trial,
    versions.currency,
    currencies.minor_units,
    invoices.estimate_through,
    issued_invoices.invoice_id is not null as is_issued
from invoices
inner join versions
    on
        invoices.org = versions.org
        and invoices.contract_version = versions.version
inner join currencies
    on
        versions.currency = currencies.currency
        and invoices.period_start >= currencies.effective_from
        and invoices.period_start < currencies.effective_until
left join issued_invoices
    on invoices.invoice_id = issued_invoices.invoice_id
