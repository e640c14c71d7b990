-- Grain: one row per organization, period and base licence that is committed or used.
-- Supports RES-3 and RES-6: the units that give an allowance, max(committed, actual), the committed
-- ones in the term only; licences outside the contract count with what was used.
-- Guarantees: a licence that is always named is so under every contract.
-- Forbids: add-ons.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

actuals as (

    select * from {{ ref('int_licences__actuals') }}
    where item_kind = 'licence'

),

contract_licences as (

    select * from {{ ref('stg_contracts__licences') }}

),

licences as (

    select * from {{ ref('stg_catalogue__licences') }}

),

committed as (

    select
        scope.org,
        scope.period_start,
        contract_licences.licence,
        contract_licences.committed
    from scope
    inner join contract_licences
        on
            scope.org = contract_licences.org
            and scope.contract_version = contract_licences.version
    where scope.phase = 'term'

),

counted as (

    select
        coalesce(actuals.org, committed.org) as org,
        coalesce(actuals.period_start, committed.period_start) as period_start,
        coalesce(actuals.item, committed.licence) as licence,
        coalesce(committed.committed, 0)::decimal(18, 6) as committed,
        coalesce(actuals.actual, 0)::decimal(18, 6) as actual
    from actuals
    full outer join committed
        on
            actuals.org = committed.org
            and actuals.period_start = committed.period_start
            and actuals.item = committed.licence

)

select
    counted.org,
    counted.period_start,
    counted.licence,
    licences.tier,
    case when licences.is_always_named then 'named' else scope.licence_model end as licence_model,
    counted.committed,
    counted.actual,
    greatest(counted.committed, counted.actual) as units
from counted
inner join scope
    on
        counted.org = scope.org
        and counted.period_start = scope.period_start
inner join licences
    on
        counted.licence = licences.licence
        and counted.period_start >= licences.effective_from
        and counted.period_start < licences.effective_until
