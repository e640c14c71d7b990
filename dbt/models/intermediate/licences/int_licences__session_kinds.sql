-- Grain: one row per organization, period, and user, charge name and client as the organization's
-- login sessions write them: what a session so written counts as, if it touches the period.
-- Supports LIC-6, LIC-8 and LIC-11. All reading of names is done here, once per kind and not once
-- per session; a session is joined to its kind by what it says, and is integers from there on.
-- `is_pool_session` (LIC-8): the name is a CX one, or there is none and the user's highest licence
-- in Billable Usage is not another.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

sessions as (

    select * from {{ ref('stg_genesys__login_sessions') }}

),

charge_names as (

    select * from {{ ref('int_licences__charge_names') }}
    where item_kind = 'licence'

),

users as (

    select * from {{ ref('int_licences__users') }}

),

written as (

    select
        org,
        user_name,
        charge_name,
        client
    from sessions
    group by
        org,
        user_name,
        charge_name,
        client

),

keyed as (

    select
        scope.org,
        scope.period_start,
        scope.starts_at,
        scope.ends_at,
        written.user_name,
        written.charge_name,
        written.client,
        lower(trim(written.user_name)) as user_key,
        nullif({{ name_key('written.charge_name') }}, '') as charge_name_key,
        nullif(lower(trim(written.client)), '') as client_key
    from scope
    inner join written
        on scope.org = written.org

)

select
    keyed.org,
    keyed.period_start,
    keyed.starts_at,
    keyed.ends_at,
    keyed.user_name,
    keyed.charge_name,
    keyed.client,
    keyed.user_key,
    keyed.charge_name_key,
    keyed.client_key,
    row_number() over (
        order by keyed.org, keyed.period_start, keyed.user_name, keyed.charge_name, keyed.client
    ) as kind_number,
    dense_rank() over (order by keyed.org, keyed.period_start, keyed.user_key) as user_number,
    dense_rank() over (order by keyed.client_key) as client_number,
    charge_names.item as licence,
    coalesce(charge_names.is_cx, false) as is_cx,
    charge_names.licence_model,
    charge_names.tier,
    users.licence as user_licence,
    coalesce(charge_names.is_cx, false)
    or (keyed.charge_name_key is null and coalesce(users.is_cx, true)) as is_pool_session,
    coalesce(contains(keyed.client_key, 'tempo'), false) as is_tempo
from keyed
left join charge_names
    on
        keyed.org = charge_names.org
        and keyed.period_start = charge_names.period_start
        and keyed.charge_name_key = charge_names.charge_name_key
left join users
    on
        keyed.org = users.org
        and keyed.period_start = users.period_start
        and keyed.user_key = users.user_key
