-- Grain: one row per organization and period that fails.
-- Rule: LIC-13. A contract with mixed_tiers: forbidden, and two CX licences among the period's
-- Billable Usage rows; a Digital licence is its own, and one user's upgrade is a mix too.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

billable_rows as (

    select * from {{ ref('int_licences__billable_rows') }}

)

select
    scope.org,
    scope.period_start,
    'The contract forbids a mix of CX licences, but Billable Usage shows '
    || {{ listed_names('billable_rows.item') }}
    || '. Set mixed_tiers: allowed by an amendment, or correct the report.' as detail
from scope
inner join billable_rows
    on
        scope.org = billable_rows.org
        and scope.period_start = billable_rows.period_start
where
    scope.mixed_tiers = 'forbidden'
    and billable_rows.is_cx
group by
    scope.org,
    scope.period_start
having count(distinct billable_rows.item) > 1
