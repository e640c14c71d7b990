-- Grain: one row per organization, period, user and unit counted (a licence or an add-on).
-- Joins and unions what the LIC models counted; computes nothing.
{{ config(pre_hook="{{ replace_scope() }}") }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

named_users as (

    select * from {{ ref('int_licences__named_users') }}

),

users as (

    select * from {{ ref('int_licences__users') }}

),

kinds as (

    select * from {{ ref('int_licences__touching_kinds') }}

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

org_users as (

    select * from {{ ref('int_licences__org_users') }}

),

pool_users as (

    select
        org,
        period_start,
        user_key
    from users
    where has_cx_row
    union
    select
        org,
        period_start,
        user_key
    from kinds
    where is_pool_session

),

counted as (

    select
        org,
        period_start,
        user_key,
        licence,
        null as add_on,
        'named' as licence_model,
        null::bigint as logged_in_microseconds
    from named_users
    union all
    select
        pool_users.org,
        pool_users.period_start,
        pool_users.user_key,
        cx_pool.licence,
        null as add_on,
        'concurrent' as licence_model,
        null::bigint as logged_in_microseconds
    from pool_users
    inner join cx_pool
        on
            pool_users.org = cx_pool.org
            and pool_users.period_start = cx_pool.period_start
    where cx_pool.licence is not null
    union all
    select
        org,
        period_start,
        user_key,
        licence,
        null as add_on,
        'hourly' as licence_model,
        logged_in_microseconds
    from user_hours
    union all
    select
        org,
        period_start,
        user_key,
        null as licence,
        add_on,
        'named' as licence_model,
        null::bigint as logged_in_microseconds
    from add_on_users

)

select
    counted.org,
    scope.invoice_month,
    counted.period_start,
    counted.user_key,
    counted.licence,
    counted.add_on,
    counted.licence_model,
    {{ microseconds_as_seconds('counted.logged_in_microseconds') }} as logged_in_seconds,
    users.first_login_at,
    org_users.division,
    org_users.department,
    org_users.cost_center
from counted
inner join scope
    on
        counted.org = scope.org
        and counted.period_start = scope.period_start
left join users
    on
        counted.org = users.org
        and counted.period_start = users.period_start
        and counted.user_key = users.user_key
left join org_users
    on
        counted.org = org_users.org
        and counted.user_key = org_users.user_key
