-- Grain: one row per organization and period that fails.
-- Supports APP-1: a row of an app or part that the contract in force lacks, its quantity 0 too.
with

day_quantities as (

    select * from {{ ref('int_appfoundry__day_quantities') }}

),

app_parts as (

    select
        org,
        version,
        {{ name_key('app') }} as app_key,
        {{ name_key('part') }} as part_key
    from {{ ref('stg_contracts__app_parts') }}

)

select
    day_quantities.org,
    day_quantities.period_start,
    'AppFoundry usage names parts that the contract lacks: '
    || {{ listed_names("day_quantities.app || ' - ' || day_quantities.part") }}
    || '. Add them to the contract''s appfoundry list.' as detail
from day_quantities
anti join app_parts
    on
        day_quantities.org = app_parts.org
        and day_quantities.contract_version = app_parts.version
        and day_quantities.app_key = app_parts.app_key
        and day_quantities.part_key = app_parts.part_key
group by
    day_quantities.org,
    day_quantities.period_start
