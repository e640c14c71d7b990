-- Grain: one row per organization, period and user that is counted by name.
-- Supports LIC-1 and LIC-6: in a named contract every billable user; in a concurrent or hourly one
-- those without a CX row of Billable Usage and without a session of a CX name in the period.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

users as (

    select * from {{ ref('int_licences__users') }}

),

cx_session_users as (

    select
        org,
        period_start,
        user_key
    from {{ ref('int_licences__touching_kinds') }}
    where is_cx
    group by
        org,
        period_start,
        user_key

)

select
    users.org,
    users.period_start,
    users.user_key,
    users.licence,
    users.first_login_at,
    users.deciding_row
from users
inner join scope
    on
        users.org = scope.org
        and users.period_start = scope.period_start
left join cx_session_users
    on
        users.org = cx_session_users.org
        and users.period_start = cx_session_users.period_start
        and users.user_key = cx_session_users.user_key
where
    scope.licence_model = 'named'
    or (not users.has_cx_row and cx_session_users.user_key is null)
