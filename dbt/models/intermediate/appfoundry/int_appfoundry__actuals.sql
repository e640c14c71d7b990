-- Grain: one row per organization, period and app part of the contract in force.
-- Rule: APP-1, the five ways to count a part: a site is 1, users are counted by the part's count
-- model, metered parts are the sum or the largest of their days, a mimic is the base quantity.
-- Never: usage of a part that the contract lacks; check unknown_app holds it.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

app_parts as (

    select * from {{ ref('stg_contracts__app_parts') }}

),

holders as (

    select * from {{ ref('int_appfoundry__holders') }}

),

holder_hours as (

    select * from {{ ref('int_appfoundry__holder_hours') }}

),

concurrent_holders as (

    select * from {{ ref('int_appfoundry__concurrent_holders') }}

),

day_quantities as (

    select * from {{ ref('int_appfoundry__day_quantities') }}

),

base_quantity as (

    select * from {{ ref('int_licences__base_quantity') }}

),

parts as (

    select
        scope.org,
        scope.period_start,
        app_parts.app_slug,
        app_parts.part_slug,
        app_parts.part_type,
        app_parts.count_model,
        {{ name_key('app_parts.app') }} as app_key,
        {{ name_key('app_parts.part') }} as part_key
    from scope
    inner join app_parts
        on
            scope.org = app_parts.org
            and scope.contract_version = app_parts.version

),

named_holders as (

    select
        org,
        period_start,
        app_slug,
        part_slug,
        count(*) as users
    from holders
    group by
        org,
        period_start,
        app_slug,
        part_slug

),

metered as (

    select
        org,
        period_start,
        app_key,
        part_key,
        sum(quantity) as summed,
        max(quantity) as largest
    from day_quantities
    group by
        org,
        period_start,
        app_key,
        part_key

)

select
    parts.org,
    parts.period_start,
    parts.app_slug,
    parts.part_slug,
    coalesce(
        case
            when parts.part_type = 'site' then 1
            when parts.part_type = 'metered_sum' then metered.summed
            when parts.part_type = 'metered_high_water' then metered.largest
            when parts.part_type = 'mimic' then base_quantity.quantity
            when parts.count_model = 'hourly' then holder_hours.hours
            when parts.count_model = 'concurrent' then concurrent_holders.users_low
            else named_holders.users
        end,
        0
    )::decimal(18, 6) as actual
from parts
left join metered
    on
        parts.org = metered.org
        and parts.period_start = metered.period_start
        and parts.app_key = metered.app_key
        and parts.part_key = metered.part_key
left join base_quantity
    on
        parts.org = base_quantity.org
        and parts.period_start = base_quantity.period_start
left join holder_hours
    on
        parts.org = holder_hours.org
        and parts.period_start = holder_hours.period_start
        and parts.app_slug = holder_hours.app_slug
        and parts.part_slug = holder_hours.part_slug
left join concurrent_holders
    on
        parts.org = concurrent_holders.org
        and parts.period_start = concurrent_holders.period_start
        and parts.app_slug = concurrent_holders.app_slug
        and parts.part_slug = concurrent_holders.part_slug
left join named_holders
    on
        parts.org = named_holders.org
        and parts.period_start = named_holders.period_start
        and parts.app_slug = named_holders.app_slug
        and parts.part_slug = named_holders.part_slug
