-- Grain: one row per organization and period with numbers of known types.
-- Supports TAX-2 (basis `numbers`): the numbers owned at any moment of the period.
{{ config(materialized='view') }}
with

holdings as (

    select * from {{ ref('int_numbers__holdings') }}

)

select
    org,
    period_start,
    count(*) as numbers
from holdings
where number_type is not null
group by org, period_start
