-- Grain: one row per charge of numbers or devices and number or device behind it.
-- Supports INV-6 for VOX-8 and DEV-1.
-- Guarantees: each number or device counts 1, with the place of the row that shows it.
{{ config(materialized='view') }}
with

number_charges as (

    select * from {{ ref('int_numbers__charges') }}

),

holdings as (

    select * from {{ ref('int_numbers__holdings') }}
    where number_type is not null

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

devices as (

    select
        *,
        min(device_type) over (
            partition by org, period_start, device_slug, rate, is_billed_in_ramp
        ) as description,
        count(*) over (
            partition by org, period_start, device_slug, rate, is_billed_in_ramp
        ) as quantity
    from {{ ref('int_devices__active') }}

),

numbered_devices as (

    select
        *,
        dense_rank() over (
            partition by org, period_start, device_slug
            order by description, quantity, rate, is_billed_in_ramp
        ) as number_in_key
    from devices

)

select
    number_charges.org,
    number_charges.invoice_kind,
    number_charges.invoice_key,
    number_charges.charge_code,
    number_charges.service_start,
    1::bigint as number_in_key,
    'number' as evidence,
    holdings.phone_number as subject,
    holdings.active_from as usage_date,
    1::decimal(18, 6) as quantity,
    null::decimal(38, 6) as amount,
    null::decimal(18, 6) as reported,
    holdings.file_id,
    holdings.line_number,
    'active from ' || holdings.active_from || coalesce(' to ' || holdings.active_to, '') as detail
from number_charges
inner join holdings
    on
        number_charges.org = holdings.org
        and number_charges.invoice_key = holdings.period_start
        and split_part(number_charges.charge_code, '.', -1) = holdings.number_type
where
    case
        when starts_with(number_charges.charge_code, 'telco.number_setup.') then holdings.is_set_up
        when number_charges.service_start > number_charges.invoice_key
            then holdings.is_owned_on_last_day
        else true
    end
union all
select
    scope.org,
    'period' as invoice_kind,
    scope.period_start as invoice_key,
    'device.' || numbered_devices.device_slug as charge_code,
    scope.period_start as service_start,
    numbered_devices.number_in_key,
    'device' as evidence,
    numbered_devices.device_key as subject,
    null::date as usage_date,
    1::decimal(18, 6) as quantity,
    null::decimal(38, 6) as amount,
    null::decimal(18, 6) as reported,
    struct_extract(numbered_devices.deciding_row, 'file_id') as file_id,
    struct_extract(numbered_devices.deciding_row, 'line_number') as line_number,
    'active in the period, from the report ' || numbered_devices.report as detail
from numbered_devices
inner join scope
    on
        numbered_devices.org = scope.org
        and numbered_devices.period_start = scope.period_start
