-- Grain: one row per organization, period, report name (as a key) and what the name means.
-- Rule: LIC-5. A device's charge name is a device and nothing else, so its rows are no users.
-- The catalogue in force at the period's start says which licence, add-on or device a name is; the
-- contract in force adds its own names, and its add-on replaces the catalogue's for the same name.
-- Never: a licence that the catalogue of licences lacks; its names stay unknown, and a check holds.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

charge_names as (

    select
        {{ name_key('charge_name') }} as charge_name_key,
        licence,
        licence_model,
        add_on,
        device_type,
        effective_from,
        effective_until
    from {{ ref('stg_catalogue__charge_names') }}

),

licences as (

    select * from {{ ref('stg_catalogue__licences') }}

),

contract_add_ons as (

    select * from {{ ref('stg_contracts__add_ons') }}

),

contract_devices as (

    select * from {{ ref('stg_contracts__devices') }}

),

contract_app_parts as (

    select * from {{ ref('stg_contracts__app_parts') }}

),

catalogue as (

    -- one name written in two ways is one name: the row in force last decides
    select
        scope.org,
        scope.period_start,
        charge_names.charge_name_key,
        charge_names.licence,
        charge_names.licence_model,
        charge_names.add_on,
        charge_names.device_type
    from scope
    inner join charge_names
        on
            scope.period_start >= charge_names.effective_from
            and scope.period_start < charge_names.effective_until
    qualify row_number() over (
            partition by scope.org, scope.period_start, charge_names.charge_name_key
            order by charge_names.effective_from desc
        ) = 1

),

own_add_ons as (

    select
        scope.org,
        scope.period_start,
        {{ name_key('contract_add_ons.charge_name') }} as charge_name_key,
        contract_add_ons.add_on
    from scope
    inner join contract_add_ons
        on
            scope.org = contract_add_ons.org
            and scope.contract_version = contract_add_ons.version
    where contract_add_ons.charge_name is not null

),

devices as (

    select
        org,
        period_start,
        charge_name_key,
        {{ name_key('device_type') }} as item
    from catalogue
    where device_type is not null
    union
    select
        scope.org,
        scope.period_start,
        {{ name_key('contract_devices.charge_name') }} as charge_name_key,
        {{ name_key('contract_devices.device_type') }} as item
    from scope
    inner join contract_devices
        on
            scope.org = contract_devices.org
            and scope.contract_version = contract_devices.version
    where contract_devices.charge_name is not null

),

add_ons as (

    select
        org,
        period_start,
        charge_name_key,
        add_on as item
    from own_add_ons
    union
    select
        catalogue.org,
        catalogue.period_start,
        catalogue.charge_name_key,
        catalogue.add_on as item
    from catalogue
    anti join own_add_ons
        on
            catalogue.org = own_add_ons.org
            and catalogue.period_start = own_add_ons.period_start
            and catalogue.charge_name_key = own_add_ons.charge_name_key
    where catalogue.add_on is not null

),

app_parts as (

    select
        scope.org,
        scope.period_start,
        {{ name_key('contract_app_parts.charge_name') }} as charge_name_key,
        contract_app_parts.app_slug || '.' || contract_app_parts.part_slug as item
    from scope
    inner join contract_app_parts
        on
            scope.org = contract_app_parts.org
            and scope.contract_version = contract_app_parts.version
    where contract_app_parts.charge_name is not null

),

of_users as (

    select
        catalogue.org,
        catalogue.period_start,
        catalogue.charge_name_key,
        'licence' as item_kind,
        licences.licence as item,
        catalogue.licence_model,
        licences.tier,
        licences.is_cx
    from catalogue
    inner join licences
        on
            catalogue.licence = licences.licence
            and catalogue.period_start >= licences.effective_from
            and catalogue.period_start < licences.effective_until
    union all
    select
        org,
        period_start,
        charge_name_key,
        'add_on' as item_kind,
        item,
        null as licence_model,
        null as tier,
        false as is_cx
    from add_ons
    union all
    select
        org,
        period_start,
        charge_name_key,
        'app_part' as item_kind,
        item,
        null as licence_model,
        null as tier,
        false as is_cx
    from app_parts

)

select
    of_users.org,
    of_users.period_start,
    of_users.charge_name_key,
    of_users.item_kind,
    of_users.item,
    of_users.licence_model,
    of_users.tier,
    of_users.is_cx
from of_users
anti join devices
    on
        of_users.org = devices.org
        and of_users.period_start = devices.period_start
        and of_users.charge_name_key = devices.charge_name_key
union all
select
    org,
    period_start,
    charge_name_key,
    'device' as item_kind,
    item,
    null as licence_model,
    null as tier,
    false as is_cx
from devices
