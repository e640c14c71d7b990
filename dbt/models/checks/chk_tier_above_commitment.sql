-- Grain: one row per organization and period in scope with users above a tier whose commitment is
-- not used up.
-- Rule: CHK tier_above_commitment, the warning of CON-1 (commitments never move between licences).
-- Guarantees: only units that no commitment of their own licence covers count, in the term; who
-- uses a commitment up pays for nothing twice and is not warned.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

),

actuals as (

    select * from {{ ref('int_licences__actuals') }}

),

licences as (

    select * from {{ ref('stg_catalogue__licences') }}

),

in_term as (

    select
        scope.org,
        scope.period_start,
        scope.contract_version,
        licences.licence,
        licences.tier,
        coalesce(items.committed, 0) as committed,
        coalesce(actuals.actual, 0) as actual
    from scope
    inner join licences
        on
            scope.period_start >= licences.effective_from
            and scope.period_start < licences.effective_until
    left join items
        on
            scope.org = items.org
            and scope.contract_version = items.version
            and items.item_kind = 'licence'
            and licences.licence = items.item
    left join actuals
        on
            scope.org = actuals.org
            and scope.period_start = actuals.period_start
            and actuals.item_kind = 'licence'
            and licences.licence = actuals.item
    where scope.phase = 'term'

),

above as (

    select
        committed_tier.org,
        committed_tier.period_start,
        committed_tier.licence as committed_licence,
        committed_tier.committed,
        committed_tier.committed - committed_tier.actual as unused,
        higher_tier.licence as used_licence,
        higher_tier.actual - higher_tier.committed as on_demand
    from in_term as committed_tier
    inner join in_term as higher_tier
        on
            committed_tier.org = higher_tier.org
            and committed_tier.period_start = higher_tier.period_start
            and committed_tier.tier < higher_tier.tier
    where
        committed_tier.committed > committed_tier.actual
        and higher_tier.actual > higher_tier.committed

)

select
    org,
    period_start,
    string_agg(
        {{ plain_number('unused') }}
        || ' of ' || {{ plain_number('committed') }}
        || ' committed ' || committed_licence
        || ' unused while ' || {{ plain_number('on_demand') }}
        || ' ' || used_licence
        || ' are on demand',
        ', ' order by committed_licence, used_licence
    )
    || ': a commitment never moves to another licence, amend the contract if the users stay'
        as detail
from above
group by org, period_start
