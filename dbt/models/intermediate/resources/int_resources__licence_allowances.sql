-- Grain: one row per organization, period, resource and base licence with an allocation.
-- Rule: RES-3 (allocation × units; the named column of the fair-use policy for licences that are
-- always named and, divided by the hours of a full-time month, for hourly ones; the contract's
-- allocation replaces the cell that the licence would read).
-- Guarantees: an exact fraction, with one denominator for all rows of an organization and period,
-- so that allowances add up by their numerators.
-- Forbids: an allowance for a resource that has none (RES-6) or is not charged (RES-5).
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

units as (

    select * from {{ ref('int_resources__licence_units') }}

),

fair_use as (

    select * from {{ ref('stg_catalogue__fair_use') }}

),

resources as (

    select * from {{ ref('stg_catalogue__resources') }}

),

contract_allocations as (

    select * from {{ ref('stg_contracts__allocations') }}

),

hours as (

    -- the hours that one named month stands for, as a fraction of whole numbers in lowest terms;
    -- 1 where nothing is hourly
    select
        org,
        period_start,
        contract_version,
        hours_micro // gcd(hours_micro, {{ micro() }}::hugeint) as hours_numerator,
        {{ micro() }}::hugeint // gcd(hours_micro, {{ micro() }}::hugeint) as hours_denominator
    from (
        select
            scope.org,
            scope.period_start,
            scope.contract_version,
            {{ in_micro(
                "case when scope.licence_model = 'hourly' then "
                ~ rule_constant('hourly_allowance_divisor', 'scope.period_start')
                ~ " else 1::decimal(18, 6) end"
            ) }} as hours_micro
        from scope
    )

),

allocated as (

    select
        units.org,
        units.period_start,
        resources.resource,
        units.licence,
        units.licence_model,
        units.units,
        coalesce(contract_allocations.allocation, fair_use.allocation) as allocation,
        hours.hours_numerator,
        hours.hours_denominator
    from units
    inner join hours
        on
            units.org = hours.org
            and units.period_start = hours.period_start
    inner join resources
        on
            units.period_start >= resources.effective_from
            and units.period_start < resources.effective_until
            and resources.has_allowance
            and resources.is_charged
    left join fair_use
        on
            resources.resource = fair_use.resource
            and units.licence = fair_use.licence
            and case units.licence_model when 'hourly' then 'named' else units.licence_model end
            = fair_use.licence_model
            and units.period_start >= fair_use.effective_from
            and units.period_start < fair_use.effective_until
    left join contract_allocations
        on
            units.org = contract_allocations.org
            and hours.contract_version = contract_allocations.version
            and resources.resource = contract_allocations.resource
            and units.licence = contract_allocations.licence

)

select
    org,
    period_start,
    resource,
    licence,
    licence_model,
    units,
    allocation,
    {{ in_micro('allocation') }}
    * {{ in_micro('units') }}
    * case when licence_model = 'hourly' then hours_denominator else hours_numerator end
        as numerator,
    {{ micro() }}::hugeint * {{ micro() }} * hours_numerator as denominator
from allocated
where allocation is not null
