-- Grain: one row per organization and period of the scope that fails.
-- Warning: a call's own adjusted duration is not what VOX-1 makes of its duration, or its own cost
-- not what VOX-2 makes of its own minutes and rate. It is billed as the contract says (VOX-3).
with

totals as (

    select * from {{ ref('int_telco__call_totals') }}
    where
        calls_adjusted_otherwise > 0
        or calls_priced_otherwise > 0

)

select
    org,
    period_start,
    sum(calls_adjusted_otherwise)::varchar
    || ' call(s) with another adjusted duration and '
    || sum(calls_priced_otherwise)::varchar
    || ' with another cost than their own figures give, the first at '
    || min(first_otherwise_at)::varchar
    || ' UTC; compare voice.increment_seconds and voice.rounding with the call records, '
    || 'or dispute the calls.' as detail
from totals
group by
    org,
    period_start
