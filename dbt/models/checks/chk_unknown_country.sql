-- Grain: one row per organization and period of the scope that fails.
-- Warning: the number to rate has no calling code that the catalogue knows (VOX-6), so that its
-- call is billed in the line of market `unknown`.
with

totals as (

    select * from {{ ref('int_telco__call_totals') }}
    where
        market = 'unknown'
        and service <> 'byoc'

)

select
    org,
    period_start,
    'No country is known for the number of '
    || {{ counted('sum(calls)', 'call') }}
    || ' ('
    || string_agg(
        service || ': ' || coalesce(nullif(unknown_number, ''), 'an empty number'),
        ', '
        order by service, unknown_number
    )
    || '). Add the prefix to reference/calling_codes.csv, or the country to the contract.'
        as detail
from totals
group by
    org,
    period_start
