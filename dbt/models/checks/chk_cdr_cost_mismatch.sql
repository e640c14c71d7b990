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
    'Call records disagree with their own figures: '
    || concat_ws(
        ' and ',
        case
            when sum(calls_adjusted_otherwise) > 0
                then {{ counted('sum(calls_adjusted_otherwise)', 'adjusted duration') }}
        end,
        case
            when sum(calls_priced_otherwise) > 0
                then {{ counted('sum(calls_priced_otherwise)', 'cost') }}
        end
    )
    || ', first at '
    || strftime(min(first_otherwise_at), '%Y-%m-%d %H:%M')
    || ' UTC. Compare them with voice.increment_seconds and voice.rounding, or dispute the calls.'
        as detail
from totals
group by
    org,
    period_start
