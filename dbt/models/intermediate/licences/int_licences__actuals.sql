-- Grain: one row per organization, period and licence or add-on that is used in the period or
-- listed in the contract in force (then 0).
-- Supports the LIC and CON rules: the actual quantity under the licence model it is counted
-- under.
-- Hours are rounded up to whole ones here, once per licence (LIC-11).
-- `actual_low` and `actual_high` differ only where the daily report is the pool's evidence
-- (LIC-8).
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

named_users as (

    select * from {{ ref('int_licences__named_users') }}

),

cx_pool as (

    select * from {{ ref('int_licences__cx_pool') }}

),

user_hours as (

    select * from {{ ref('int_licences__user_hours') }}

),

add_on_users as (

    select * from {{ ref('int_licences__add_on_users') }}

),

contract_licences as (

    select * from {{ ref('int_licences__contract_licences') }}

),

contract_add_ons as (

    select * from {{ ref('stg_contracts__add_ons') }}

),

counted as (

    select
        org,
        period_start,
        'licence' as item_kind,
        licence as item,
        'named' as licence_model,
        'user' as unit,
        count(*)::decimal(18, 6) as actual,
        count(*)::decimal(18, 6) as actual_low,
        count(*)::decimal(18, 6) as actual_high
    from named_users
    group by
        org,
        period_start,
        licence
    union all
    select
        org,
        period_start,
        'licence' as item_kind,
        licence as item,
        'concurrent' as licence_model,
        'user' as unit,
        users_low::decimal(18, 6) as actual,
        users_low::decimal(18, 6) as actual_low,
        users_high::decimal(18, 6) as actual_high
    from cx_pool
    where licence is not null
    union all
    select
        org,
        period_start,
        'licence' as item_kind,
        licence as item,
        'hourly' as licence_model,
        'hour' as unit,
        {{ hours_rounded_up('sum(logged_in_microseconds)') }} as actual,
        {{ hours_rounded_up('sum(logged_in_microseconds)') }} as actual_low,
        {{ hours_rounded_up('sum(logged_in_microseconds)') }} as actual_high
    from user_hours
    group by
        org,
        period_start,
        licence
    union all
    select
        org,
        period_start,
        'add_on' as item_kind,
        add_on as item,
        'named' as licence_model,
        'user' as unit,
        count(*)::decimal(18, 6) as actual,
        count(*)::decimal(18, 6) as actual_low,
        count(*)::decimal(18, 6) as actual_high
    from add_on_users
    group by
        org,
        period_start,
        add_on

),

listed as (

    select
        org,
        period_start,
        'licence' as item_kind,
        licence as item,
        licence_model,
        case when licence_model = 'hourly' then 'hour' else 'user' end as unit
    from contract_licences
    union all
    select
        scope.org,
        scope.period_start,
        'add_on' as item_kind,
        contract_add_ons.add_on as item,
        'named' as licence_model,
        'user' as unit
    from scope
    inner join contract_add_ons
        on
            scope.org = contract_add_ons.org
            and scope.contract_version = contract_add_ons.version

),

counted_and_listed as (

    select
        org,
        period_start,
        item_kind,
        item,
        licence_model,
        unit,
        actual,
        actual_low,
        actual_high
    from counted
    union all
    select
        org,
        period_start,
        item_kind,
        item,
        licence_model,
        unit,
        0::decimal(18, 6) as actual,
        0::decimal(18, 6) as actual_low,
        0::decimal(18, 6) as actual_high
    from listed

)

select
    org,
    period_start,
    item_kind,
    item,
    licence_model,
    unit,
    sum(actual)::decimal(18, 6) as actual,
    sum(actual_low)::decimal(18, 6) as actual_low,
    sum(actual_high)::decimal(18, 6) as actual_high
from counted_and_listed
group by
    org,
    period_start,
    item_kind,
    item,
    licence_model,
    unit
