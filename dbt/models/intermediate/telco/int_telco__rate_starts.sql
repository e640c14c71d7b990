-- Grain: one row per context, lookup length and start of a number.
-- Supports VOX-4: the rate of the longest prefix of each start, for few joins with the calls.
with

prefixes as (

    select * from {{ ref('int_telco__context_rates') }}

)

{{ starts_of_prefixes(
    'prefixes', rate_lookup_lengths(), ['context_id'], ['rate_per_minute', 'rate_micro']
) }}
