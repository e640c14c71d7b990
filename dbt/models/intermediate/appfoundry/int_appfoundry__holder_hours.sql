-- Grain: one row per organization, period and app part whose users are counted by the hour.
-- Supports APP-1: all hours of the part's holders, rounded up once for the part (LIC-11).
{{ config(materialized='view') }}
with

holder_times as (

    select * from {{ ref('int_appfoundry__holder_times') }}

)

select
    org,
    period_start,
    app_slug,
    part_slug,
    {{ hours_rounded_up('sum(logged_in_microseconds)') }} as hours
from holder_times
group by
    org,
    period_start,
    app_slug,
    part_slug
