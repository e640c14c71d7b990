-- Grain: one row per organization, description, charge-code prefix and day it counts from.
-- Supports REC-1: what a vendor's description can mean to an organization: the catalogue's list,
-- the names of its own contract (licences, add-ons, apps and parts, devices, one-time and recurring
-- items, fees, taxes), the titles of resources, and the descriptions of its own invoice lines.
-- Guarantees: every description that we print ourselves maps back to its own charge code.
-- Forbids: an organization that has no vendor invoice.
with

vendor_lines as (

    select * from {{ ref('int_vendor__lines') }}

),

catalogue as (

    select * from {{ ref('stg_catalogue__vendor_descriptions') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

),

devices as (

    select * from {{ ref('stg_contracts__devices') }}

),

one_time as (

    select * from {{ ref('stg_contracts__one_time') }}

),

recurring as (

    select * from {{ ref('stg_contracts__recurring') }}

),

fees as (

    select * from {{ ref('stg_contracts__fees') }}

),

taxes as (

    select * from {{ ref('stg_contracts__taxes') }}

),

add_ons as (

    select * from {{ ref('stg_contracts__add_ons') }}

),

app_parts as (

    select * from {{ ref('stg_contracts__app_parts') }}

),

charge_names as (

    select * from {{ ref('stg_catalogue__charge_names') }}

),

resources as (

    select * from {{ ref('stg_catalogue__resources') }}

),

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

),

orgs as (

    select distinct org from vendor_lines

),

catalogue_meanings as (

    select
        description,
        unnest(string_split(trim(charge_prefix), ' ')) as charge_prefix,
        unnest(range(len(string_split(trim(charge_prefix), ' ')))) as position,
        effective_from,
        effective_until
    from catalogue

),

item_names as (

    -- what can be committed to, as our lines call it and as the usage reports do
    select
        org,
        title,
        charge_prefix
    from items
    union
    select
        add_ons.org,
        charge_names.charge_name as title,
        'add_on.' || add_ons.add_on as charge_prefix
    from add_ons
    inner join charge_names
        on add_ons.add_on = charge_names.add_on
    union
    select
        org,
        charge_name as title,
        'appfoundry.' || app_slug || '.' || part_slug as charge_prefix
    from app_parts

),

contract_names as (

    select
        org,
        title || ' - Prepay' as description,
        charge_prefix || '.prepay' as charge_prefix
    from item_names
    union all
    select
        org,
        title || ' - Committed' as description,
        charge_prefix || '.committed' as charge_prefix
    from item_names
    union all
    select
        org,
        title as description,
        charge_prefix || unnest(['.on_demand', '.committed']) as charge_prefix
    from item_names
    union all
    select
        org,
        unnest([device_type, charge_name]) as description,
        'device.' || device_slug as charge_prefix
    from devices
    union all
    select
        org,
        name as description,
        'one_time.' || name_slug as charge_prefix
    from one_time
    union all
    select
        org,
        name as description,
        'recurring.' || name_slug as charge_prefix
    from recurring
    union all
    select
        org,
        name as description,
        'fee.' || name_slug as charge_prefix
    from fees
    union all
    select
        org,
        name as description,
        'tax.' || name_slug as charge_prefix
    from taxes
    union all
    select
        org,
        description,
        charge_code as charge_prefix
    from invoice_lines

),

meanings as (

    select
        orgs.org,
        catalogue_meanings.description,
        catalogue_meanings.charge_prefix,
        catalogue_meanings.position,
        catalogue_meanings.effective_from,
        catalogue_meanings.effective_until
    from orgs
    cross join catalogue_meanings
    union all
    select
        orgs.org,
        resources.title as description,
        'resource.' || resources.resource as charge_prefix,
        0 as position,
        resources.effective_from,
        resources.effective_until
    from orgs
    cross join resources
    union all
    -- a name that the contract once had stays known: a late invoice may still use it
    select
        contract_names.org,
        contract_names.description,
        contract_names.charge_prefix,
        case when contract_names.charge_prefix like '%.committed' then 1 else 0 end as position,
        '-infinity'::date as effective_from,
        'infinity'::date as effective_until
    from orgs
    inner join contract_names
        on orgs.org = contract_names.org

)

select
    org,
    {{ description_key('description') }} as description_key,
    min(description) as description,
    charge_prefix,
    min(position) as position,
    effective_from,
    effective_until
from meanings
where description is not null
group by org, {{ description_key('description') }}, charge_prefix, effective_from, effective_until
