-- Grain: one row per state of the catalogue in use and calling-code prefix.
-- Supports VOX-6: the calling codes as integers.
{{ config(materialized='view') }}
with

calling_codes as (

    select
        regexp_replace(prefix, '[^0-9]', '', 'g') as digits,
        country,
        is_toll_free,
        effective_from,
        effective_until
    from {{ ref('stg_catalogue__calling_codes') }}

),

windows as (

    select * from {{ ref('int_telco__voice_windows') }}

),

catalogues as (

    select catalogue_from
    from windows
    group by catalogue_from

)

select
    catalogues.catalogue_from,
    length(calling_codes.digits) as prefix_length,
    calling_codes.digits::bigint as prefix,
    calling_codes.country,
    coalesce(calling_codes.is_toll_free, false) as is_toll_free
from catalogues
inner join calling_codes
    on
        catalogues.catalogue_from >= calling_codes.effective_from
        and catalogues.catalogue_from < calling_codes.effective_until
where
    length(calling_codes.digits) between 1 and {{ longest_number_length() }}
    and calling_codes.country is not null
qualify
    row_number() over (
        partition by catalogues.catalogue_from, calling_codes.digits
        order by calling_codes.effective_from desc, calling_codes.country asc
    ) = 1
