-- Grain: one row per organization, period and phone number that is owned in it.
-- Supports VOX-8: the latest row of a number says when it is owned; the numbers behind each charge.
-- Guarantees: punctuation of a number and of a type does not matter; an unknown type stays as a row
-- without a number type (check unknown_number_type).
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

phone_numbers as (

    select * from {{ ref('stg_genesys__phone_numbers') }}

),

number_types as (

    select
        *,
        regexp_replace(lower(trim(type_name)), '[^a-z]+', '_', 'g') as number_type_key
    from {{ ref('stg_catalogue__number_types') }}

),

latest as (

    select
        *,
        coalesce(nullif(number_digits, ''), phone_number) as number_key
    from phone_numbers
    qualify
        row_number() over (
            partition by org, coalesce(nullif(number_digits, ''), phone_number)
            order by received_rank desc, line_number desc
        ) = 1

)

select
    scope.org,
    scope.period_start,
    latest.number_key,
    latest.phone_number,
    latest.number_type as type_name,
    number_types.number_type,
    latest.active_from >= scope.period_start as is_set_up,
    coalesce(latest.active_to >= scope.period_end, true) as is_owned_on_last_day,
    latest.active_from,
    latest.active_to,
    latest.file_id,
    latest.line_number
from scope
inner join latest
    on
        scope.org = latest.org
        and scope.period_end >= latest.active_from
        and (
            latest.active_to is null
            or (
                scope.period_start <= latest.active_to
                and latest.active_from <= latest.active_to
            )
        )
left join number_types
    on
        latest.number_type_key = number_types.number_type_key
        and scope.period_start >= number_types.effective_from
        and scope.period_start < number_types.effective_until
