-- Grain: one row per context and prefix: the one rate row that counts there.
-- Supports VOX-4: which row wins for one prefix. In force on the day, then more of usage group and
-- call type filled, then the latest effective_from.
{{ config(materialized='view') }}
with

contexts as (

    select
        context_id,
        rate_sheet_key,
        era_from,
        direction_key,
        service,
        usage_group_key,
        call_type_key
    from {{ ref('int_telco__rate_contexts') }}
    group by
        context_id,
        rate_sheet_key,
        era_from,
        direction_key,
        service,
        usage_group_key,
        call_type_key

),

rates as (

    select
        lower(trim(rate_sheet)) as rate_sheet_key,
        lower(trim(direction)) as direction_key,
        lower(trim(service)) as service,
        coalesce(regexp_replace(prefix, '[^0-9]', '', 'g'), '') as digits,
        nullif(lower(regexp_replace(trim(usage_group), '\s+', ' ', 'g')), '') as usage_group_key,
        nullif(lower(regexp_replace(trim(call_type), '\s+', ' ', 'g')), '') as call_type_key,
        rate_per_minute,
        effective_from,
        effective_to
    from {{ ref('stg_catalogue__voice_rates') }}
    where rate_per_minute is not null

),

-- a row is out once a later row of its own key without a last day has begun: full lists that
-- replace each other then meet each era once
lasting as (

    select
        rates.*,
        coalesce(
            min(case when rates.effective_to is null then rates.effective_from end) over (
                partition by
                    rates.rate_sheet_key,
                    rates.direction_key,
                    rates.service,
                    rates.digits,
                    rates.usage_group_key,
                    rates.call_type_key
                order by rates.effective_from
                range between interval 1 day following and unbounded following
            ),
            date '9999-12-31'
        ) as replaced_on
    from rates

),

fitting as (

    select
        contexts.context_id,
        lasting.digits,
        lasting.rate_per_minute,
        lasting.effective_from,
        lasting.effective_to,
        (lasting.usage_group_key is not null)::integer
        + (lasting.call_type_key is not null)::integer as filled
    from contexts
    inner join lasting
        on
            contexts.rate_sheet_key = lasting.rate_sheet_key
            and contexts.direction_key = lasting.direction_key
            and contexts.service = lasting.service
            and contexts.era_from >= lasting.effective_from
            and contexts.era_from < lasting.replaced_on
    where
        (lasting.effective_to is null or contexts.era_from <= lasting.effective_to)
        and (
            lasting.usage_group_key is null
            or lasting.usage_group_key = contexts.usage_group_key
        )
        and (lasting.call_type_key is null or lasting.call_type_key = contexts.call_type_key)

)

select
    context_id,
    length(digits) as prefix_length,
    coalesce(try_cast(digits as bigint), 0) as prefix,
    rate_per_minute,
    {{ to_micro('rate_per_minute') }} as rate_micro
from fitting
where length(digits) <= {{ longest_number_length() }}
qualify
    row_number() over (
        partition by context_id, digits
        order by
            filled desc,
            effective_from desc,
            effective_to asc nulls last,
            rate_per_minute desc
    ) = 1
