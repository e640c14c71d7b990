-- Grain: one row per organization and contract version.
-- What a version commits to, added up over licences, add-ons and app parts, straight from the
-- contract: only a rule of commitments could tell which invoice carries which part of it.
with

licences as (

    select * from {{ ref('stg_contracts__licences') }}

),

add_ons as (

    select * from {{ ref('stg_contracts__add_ons') }}

),

app_parts as (

    select * from {{ ref('stg_contracts__app_parts') }}

),

commitments as (

    select
        org,
        version,
        committed
    from licences
    union all
    select
        org,
        version,
        committed
    from add_ons
    union all
    select
        org,
        version,
        committed
    from app_parts

)

select
    org,
    version,
    sum(committed) as committed
from commitments
group by org, version
