-- Grain: one row per organization, period and device type.
-- Supports DEV-1: Σ active devices of a type at the type's monthly rate, as charge rows.
-- Guarantees: a type without a price in the contract keeps its quantity, with a null rate.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

active as (

    select * from {{ ref('int_devices__active') }}

),

counted as (

    select
        org,
        period_start,
        device_slug,
        rate,
        is_billed_in_ramp,
        min(device_type) as device_type,
        count(*) as devices
    from active
    group by org, period_start, device_slug, rate, is_billed_in_ramp

)

select
    scope.org,
    scope.invoice_month,
    'period' as invoice_kind,
    scope.period_start as invoice_key,
    scope.period_start as charged_period_start,
    null::varchar as section,
    'device.' || counted.device_slug as charge_code,
    counted.device_type as description,
    scope.period_start as service_start,
    scope.period_end as service_end,
    counted.devices::decimal(18, 6) as quantity,
    'device' as unit,
    counted.rate,
    false as is_given_amount,
    null::decimal(38, 6) as given_amount,
    counted.is_billed_in_ramp,
    'DEV-1' as rule_id
from counted
inner join scope
    on
        counted.org = scope.org
        and counted.period_start = scope.period_start
