-- Grain: one row per state of the catalogue in use, lookup length and start of a number.
-- Supports VOX-6: the longest calling-code prefix of each start, for few joins with the calls.
with

prefixes as (

    select * from {{ ref('int_telco__country_prefixes') }}

)

{{ starts_of_prefixes(
    'prefixes', country_lookup_lengths(), ['catalogue_from'], ['country', 'is_toll_free']
) }}
