-- Grain: one row per rate sheet, era of it and combination of call columns that occurs.
-- Supports VOX-4: calls that the same rate rows can fit share a context. A usage group or call type
-- that no row of the sheet names makes no context of its own.
with

rate_days as (

    select * from {{ ref('int_telco__rate_days') }}

),

services as (

    select * from {{ ref('int_telco__services') }}

),

rates as (

    select
        lower(trim(rate_sheet)) as rate_sheet_key,
        lower(regexp_replace(trim(usage_group), '\s+', ' ', 'g')) as usage_group_key,
        lower(regexp_replace(trim(call_type), '\s+', ' ', 'g')) as call_type_key
    from {{ ref('stg_catalogue__voice_rates') }}

),

eras as (

    select
        rate_sheet_key,
        era_from
    from rate_days
    group by
        rate_sheet_key,
        era_from

),

named_usage_groups as (

    select
        rate_sheet_key,
        usage_group_key
    from rates
    where usage_group_key <> ''
    group by
        rate_sheet_key,
        usage_group_key

),

named_call_types as (

    select
        rate_sheet_key,
        call_type_key
    from rates
    where call_type_key <> ''
    group by
        rate_sheet_key,
        call_type_key

)

select
    dense_rank() over (
        order by
            eras.rate_sheet_key,
            eras.era_from,
            services.direction_key,
            services.service,
            named_usage_groups.usage_group_key,
            named_call_types.call_type_key
    ) as context_id,
    eras.rate_sheet_key,
    eras.era_from,
    services.catalogue_from,
    services.kind_id,
    services.direction_key,
    services.service,
    named_usage_groups.usage_group_key,
    named_call_types.call_type_key
from eras
cross join services
left join named_usage_groups
    on
        eras.rate_sheet_key = named_usage_groups.rate_sheet_key
        and services.usage_group_key = named_usage_groups.usage_group_key
left join named_call_types
    on
        eras.rate_sheet_key = named_call_types.rate_sheet_key
        and services.call_type_key = named_call_types.call_type_key
