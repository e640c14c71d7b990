-- Grain: one row per organization, period, device and device type.
-- Rule: DEV-1 (a device of the devices file is active at any moment of the period; a timestamped
-- device row of Billable Usage counts a device that the file does not name at all).
-- Guarantees: one unit per device and type, however many rows show it; the contract's spelling of a
-- type wins over the file's, and its charge name over the catalogue's.
-- Forbids: prorating (CON-10); counting a device of the file from Billable Usage, active or not.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

files_devices as (

    select * from {{ ref('stg_genesys__devices') }}

),

billable_usage as (

    select * from {{ ref('stg_genesys__billable_usage') }}

),

charge_names as (

    select
        *,
        {{ name_key('charge_name') }} as charge_name_key
    from {{ ref('stg_catalogue__charge_names') }}

),

contract_devices as (

    select
        *,
        {{ name_key('device_type') }} as device_type_key,
        {{ name_key('charge_name') }} as charge_name_key
    from {{ ref('stg_contracts__devices') }}

),

latest_devices as (

    select *
    from files_devices
    qualify
        row_number() over (
            partition by org, device_key
            order by received_rank desc, line_number desc
        ) = 1

),

active_in_file as (

    select
        scope.org,
        scope.period_start,
        scope.contract_version,
        latest_devices.device_key,
        latest_devices.device_type,
        latest_devices.device_type_key,
        'devices' as report,
        latest_devices.file_id,
        latest_devices.line_number
    from scope
    inner join latest_devices
        on
            scope.org = latest_devices.org
            and scope.period_end >= latest_devices.active_from
            and (
                latest_devices.active_to is null
                or (
                    scope.period_start <= latest_devices.active_to
                    and latest_devices.active_from <= latest_devices.active_to
                )
            )

),

seen_in_usage as (

    select
        scope.org,
        scope.period_start,
        scope.contract_version,
        billable_usage.entity_key as device_key,
        coalesce(contract_devices.device_type, charge_names.device_type) as device_type,
        coalesce(contract_devices.device_type_key, {{ name_key('charge_names.device_type') }})
            as device_type_key,
        'billable_usage' as report,
        billable_usage.file_id,
        billable_usage.line_number
    from scope
    inner join billable_usage
        on
            scope.org = billable_usage.org
            and scope.starts_at <= billable_usage.first_login_at
            and scope.ends_at > billable_usage.first_login_at
    left join contract_devices
        on
            billable_usage.org = contract_devices.org
            and scope.contract_version = contract_devices.version
            and billable_usage.charge_name_key = contract_devices.charge_name_key
    left join charge_names
        on
            billable_usage.charge_name_key = charge_names.charge_name_key
            and scope.period_start >= charge_names.effective_from
            and scope.period_start < charge_names.effective_until
    left join latest_devices
        on
            billable_usage.org = latest_devices.org
            and billable_usage.entity_key = latest_devices.device_key
    where
        coalesce(contract_devices.device_type, charge_names.device_type) is not null
        and latest_devices.device_key is null

),

active as (

    select * from active_in_file
    union all
    select * from seen_in_usage

)

select
    active.org,
    active.period_start,
    active.device_key,
    active.device_type_key,
    min(active.report) as report,
    coalesce(min(contract_devices.device_type), min(active.device_type)) as device_type,
    coalesce(min(contract_devices.device_slug), {{ slug('min(active.device_type)') }})
        as device_slug,
    min(contract_devices.rate) as rate,
    bool_and(contract_devices.is_billed_in_ramp) as is_billed_in_ramp,
    min(
        {
            'file_id': active.file_id,
            'line_number': active.line_number
        }
    ) as deciding_row
from active
left join contract_devices
    on
        active.org = contract_devices.org
        and active.contract_version = contract_devices.version
        and active.device_type_key = contract_devices.device_type_key
group by active.org, active.period_start, active.device_key, active.device_type_key
