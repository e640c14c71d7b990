-- Grain: one row per kind of login session of which at least one touches the period.
-- Supports LIC-6, LIC-8 and LIC-10: what sessions say counts only if they touch the period.
with

kinds as (

    select * from {{ ref('int_licences__session_kinds') }}

),

sessions as (

    select * from {{ ref('int_licences__sessions') }}

),

touching as (

    select
        kind_number,
        min(from_at) as first_from_at
    from sessions
    group by kind_number

)

select
    kinds.org,
    kinds.period_start,
    kinds.kind_number,
    kinds.user_number,
    kinds.user_key,
    kinds.charge_name,
    kinds.licence,
    kinds.is_cx,
    kinds.licence_model,
    kinds.tier,
    kinds.user_licence,
    kinds.is_pool_session,
    kinds.is_tempo,
    touching.first_from_at
from kinds
inner join touching
    on kinds.kind_number = touching.kind_number
