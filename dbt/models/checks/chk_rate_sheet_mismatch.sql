-- Grain: one row per organization and period of the scope that fails.
-- Warning: calls name another rate sheet than the contract (VOX-4); theirs is never looked up.
with

totals as (

    select * from {{ ref('int_telco__call_totals') }}
    where calls_on_other_sheet > 0

),

scope as (

    select * from {{ ref('int_periods__scope') }}

)

select
    totals.org,
    totals.period_start,
    'Another rate sheet than the contract''s '
    || scope.rate_sheet
    || ' stands on '
    || {{ counted('sum(totals.calls_on_other_sheet)', 'call') }}
    || ', first '
    || min(totals.other_rate_sheet)
    || '. Only the contract''s is used; correct voice.rate_sheet if the vendor has changed it.'
        as detail
from totals
inner join scope
    on
        totals.org = scope.org
        and totals.period_start = scope.period_start
group by
    totals.org,
    totals.period_start,
    scope.rate_sheet
