-- Grain: one row per organization and period of the scope.
-- Supports APP-1 (mimic) and TAX-2 (users): the actual base quantity, in the ramp too: named users,
-- the pool and the hours of all base licences. Never: an add-on.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

actuals as (

    select * from {{ ref('int_licences__actuals') }}
    where item_kind = 'licence'

)

select
    scope.org,
    scope.period_start,
    coalesce(sum(actuals.actual), 0)::decimal(18, 6) as quantity
from scope
left join actuals
    on
        scope.org = actuals.org
        and scope.period_start = actuals.period_start
group by
    scope.org,
    scope.period_start
