-- Grain: one row per one-time item of the contract whose month this run computes, as a charge.
-- Rule: CON-9 (billed once, quantity 1, on an order invoice of its own date, also its service
-- period).
-- Guarantees: the contract in force on the item's date lists it, so an amended list bills no item
-- twice; a date after the last period still bills (equipment kept, an early end).
-- Forbids: proration, a ramp that frees it.
{{ config(materialized='view') }}
with

contract_dates as (

    select * from {{ ref('int_invoicing__contract_dates') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

one_time as (

    select * from {{ ref('stg_contracts__one_time') }}

)

select
    one_time.org,
    scope_months.invoice_month,
    'order' as invoice_kind,
    one_time.item_date as invoice_key,
    null::date as charged_period_start,
    null::varchar as section,
    'one_time.' || one_time.name_slug as charge_code,
    one_time.name as description,
    one_time.item_date as service_start,
    one_time.item_date as service_end,
    1::decimal(18, 6) as quantity,
    'item' as unit,
    one_time.amount as rate,
    false as is_given_amount,
    null::decimal(38, 6) as given_amount,
    null::boolean as is_billed_in_ramp,
    'CON-9' as rule_id
from one_time
inner join scope_months
    on
        one_time.org = scope_months.org
        and date_trunc('month', one_time.item_date)::date = scope_months.invoice_month
inner join contract_dates
    on
        one_time.org = contract_dates.org
        and one_time.version = contract_dates.contract_version
        and one_time.item_date >= contract_dates.from_date
        and one_time.item_date < contract_dates.until_date
