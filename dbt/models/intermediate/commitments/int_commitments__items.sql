-- Grain: one row per organization, contract version and item that can be committed to.
-- Supports CON-1, CON-4, CON-5, CON-8, APP-2: licences, add-ons and AppFoundry parts in one shape,
-- with the rates that a missing rate falls back to.
-- Guarantees: on_demand_rate is prepay_rate where none is agreed; ramp_rate is, for licences and
-- add-ons, prepay_rate and then on_demand_rate, and for app parts the on-demand rate.
-- Forbids: deciding what is billed; that is for the rules that read this.
with

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

contract_licences as (

    select * from {{ ref('stg_contracts__licences') }}

),

contract_add_ons as (

    select * from {{ ref('stg_contracts__add_ons') }}

),

contract_app_parts as (

    select * from {{ ref('stg_contracts__app_parts') }}

),

catalogue_licences as (

    select * from {{ ref('stg_catalogue__licences') }}

),

licences as (

    select
        contract_licences.org,
        contract_licences.version,
        'licence' as item_kind,
        contract_licences.licence as item,
        'licence.' || contract_licences.licence as charge_prefix,
        {{ licence_title(
            'contract_licences.licence',
            'catalogue_licences.title',
            'catalogue_licences.is_always_named',
            'versions.licence_model',
        ) }} as title,
        {{ licence_unit('catalogue_licences.is_always_named', 'versions.licence_model') }} as unit,
        contract_licences.committed,
        contract_licences.prepay_rate,
        contract_licences.on_demand_rate,
        coalesce(
            contract_licences.ramp_rate,
            contract_licences.prepay_rate,
            contract_licences.on_demand_rate
        ) as ramp_rate,
        contract_licences.is_billed_in_ramp
    from contract_licences
    inner join versions
        on
            contract_licences.org = versions.org
            and contract_licences.version = versions.version
    left join catalogue_licences
        on
            contract_licences.licence = catalogue_licences.licence
            and versions.effective_from >= catalogue_licences.effective_from
            and versions.effective_from < catalogue_licences.effective_until

),

add_ons as (

    select
        org,
        version,
        'add_on' as item_kind,
        add_on as item,
        'add_on.' || add_on as charge_prefix,
        coalesce(charge_name, add_on) as title,
        'user' as unit,
        committed,
        prepay_rate,
        on_demand_rate,
        coalesce(ramp_rate, prepay_rate, on_demand_rate) as ramp_rate,
        is_billed_in_ramp
    from contract_add_ons

),

app_parts as (

    select
        org,
        version,
        'app_part' as item_kind,
        app_slug || '.' || part_slug as item,
        'appfoundry.' || app_slug || '.' || part_slug as charge_prefix,
        app || ' - ' || part as title,
        'unit' as unit,
        committed,
        prepay_rate,
        on_demand_rate,
        coalesce(on_demand_rate, prepay_rate) as ramp_rate,
        is_billed_in_ramp
    from contract_app_parts

),

items as (

    select * from licences
    union all
    select * from add_ons
    union all
    select * from app_parts

)

select
    org,
    version,
    item_kind,
    item,
    charge_prefix,
    title,
    unit,
    committed,
    prepay_rate,
    coalesce(on_demand_rate, prepay_rate) as on_demand_rate,
    ramp_rate,
    is_billed_in_ramp
from items
