-- Grain: one row per organization and period with numbers of unknown type. Blocks (VOX-8).
with

holdings as (

    select * from {{ ref('int_numbers__holdings') }}
    where number_type is null

),

unknown_types as (

    select
        org,
        period_start,
        type_name,
        count(*) as numbers
    from holdings
    group by org, period_start, type_name

)

select
    org,
    period_start,
    'Unknown types in phone_numbers: '
    || {{ listed_names("'\"' || type_name || '\" (' || numbers || ')'") }}
    || '. Correct the file or add a row to reference/number_types.csv.' as detail
from unknown_types
group by org, period_start
