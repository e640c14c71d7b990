-- Grain: one row per organization, period and resource that the report names in the period.
-- Rules: RES-4 (gross rows decide, net rows are compared with them; net rows alone are the overage;
-- rounded once, here), RES-6 (messaging has no allowance: all of it is over).
-- Guarantees: overage is (used - allowance), never below zero, of the unrounded figures. `used` and
-- `allowance` are rounded for display only and nothing is computed from them.
-- Forbids: carrying anything over from another period; adding net to gross.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

usage as (

    select * from {{ ref('int_resources__usage') }}

),

licence_allowances as (

    select * from {{ ref('int_resources__licence_allowances') }}

),

resources as (

    select * from {{ ref('stg_catalogue__resources') }}

),

contract_resources as (

    select * from {{ ref('stg_contracts__resources') }}

),

allowances as (

    select
        org,
        period_start,
        resource,
        sum(numerator)::hugeint as numerator,
        max(denominator) as denominator
    from licence_allowances
    group by org, period_start, resource

),

gross as (

    select * from usage
    where basis = 'gross'

),

net as (

    select * from usage
    where basis = 'net'

),

decided as (

    select
        coalesce(gross.org, net.org) as org,
        coalesce(gross.period_start, net.period_start) as period_start,
        coalesce(gross.resource, net.resource) as resource,
        coalesce(gross.basis, net.basis) as basis,
        coalesce(gross.combine, net.combine) as combine,
        coalesce(gross.days_reported, net.days_reported) as days_reported,
        coalesce(gross.numerator, net.numerator) as used_numerator,
        coalesce(gross.denominator, net.denominator) as used_denominator,
        net.numerator as net_numerator,
        net.denominator as net_denominator
    from gross
    full outer join net
        on
            gross.org = net.org
            and gross.period_start = net.period_start
            and gross.resource = net.resource

),

compared as (

    select
        decided.*,
        case when decided.basis = 'gross' then coalesce(allowances.numerator, 0) else 0 end::hugeint
            as allowance_numerator,
        coalesce(allowances.denominator, 1)::hugeint as allowance_denominator
    from decided
    left join allowances
        on
            decided.org = allowances.org
            and decided.period_start = allowances.period_start
            and decided.resource = allowances.resource

),

overages as (

    select
        *,
        greatest(
            used_numerator * allowance_denominator - allowance_numerator * used_denominator,
            0::hugeint
        ) as over_numerator,
        used_denominator * allowance_denominator as over_denominator
    from compared

)

select
    overages.org,
    overages.period_start,
    overages.resource,
    resources.title,
    coalesce(contract_resources.unit, resources.unit) as unit,
    resources.is_charged,
    resources.has_allowance,
    overages.basis,
    overages.combine,
    overages.days_reported,
    {{ round_ratio('overages.used_numerator', 'overages.used_denominator') }} as used,
    {{ round_ratio('overages.allowance_numerator', 'overages.allowance_denominator') }}
        as allowance,
    {{ round_ratio(
        'overages.over_numerator', 'overages.over_denominator', 'resources.quantity_decimals'
    ) }} as overage,
    case
        when overages.net_numerator is not null
            then
                {{ round_ratio(
                    'overages.net_numerator',
                    'overages.net_denominator',
                    'resources.quantity_decimals'
                ) }}
    end as net_overage,
    contract_resources.overage_rate,
    contract_resources.is_billed_in_ramp
from overages
inner join scope
    on
        overages.org = scope.org
        and overages.period_start = scope.period_start
inner join resources
    on
        overages.resource = resources.resource
        and overages.period_start >= resources.effective_from
        and overages.period_start < resources.effective_until
left join contract_resources
    on
        overages.org = contract_resources.org
        and scope.contract_version = contract_resources.version
        and overages.resource = contract_resources.resource
