-- Grain: one row per organization and period with an hourly contract, user and CX licence.
-- Supports LIC-11 and the chargeback: what a user was logged in for under a licence, not rounded.
with

logged_in_times as (

    select * from {{ ref('int_licences__logged_in_times') }}

)

select
    org,
    period_start,
    user_key,
    licence,
    sum(logged_in_microseconds)::bigint as logged_in_microseconds
from logged_in_times
group by
    org,
    period_start,
    user_key,
    licence
