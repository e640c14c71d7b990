-- Grain: one row per organization and invoice month of the run.
-- Invariant: An overage is the use above the allowance, never below zero, to half a unit of its
-- last decimal; without an allowance it is the report's own. RES-4, RES-5, RES-6. Use and
-- allowance are shown with six decimals; the overage is rounded once, from the exact figures.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

resource_overages as (

    select * from {{ ref('resource_overages') }}

),

resources as (

    select * from {{ ref('stg_catalogue__resources') }}

),

round_to_unit as (

    -- half of the last billed decimal, and one millionth for each of the two figures shown
    select
        resource_overages.org,
        resource_overages.period_start,
        resource_overages.resource,
        case resources.quantity_decimals
            when 0 then round(resource_overages.used, 0)::decimal(18, 6)
            else round(resource_overages.used, 2)::decimal(18, 6)
        end as used,
        case resources.quantity_decimals when 0 then 0.500001 else 0.005001 end as half_unit
    from resource_overages
    inner join resources
        on
            resource_overages.resource = resources.resource
            and resource_overages.period_start >= resources.effective_from
            and resource_overages.period_start < resources.effective_until

),

examined as (

    select
        resource_overages.org,
        resource_overages.invoice_month,
        resource_overages.resource as subject,
        case
            when not resources.is_charged then resource_overages.overage = 0
            when resource_overages.basis = 'net'
                then resource_overages.overage = round_to_unit.used
            else
                resource_overages.overage >= 0
                and abs(
                    resource_overages.overage
                    - greatest(resource_overages.used - resource_overages.allowance, 0)
                ) <= round_to_unit.half_unit
        end as holds
    from resource_overages
    inner join scope
        on
            resource_overages.org = scope.org
            and resource_overages.invoice_month = scope.invoice_month
    inner join resources
        on
            resource_overages.resource = resources.resource
            and resource_overages.period_start >= resources.effective_from
            and resource_overages.period_start < resources.effective_until
    inner join round_to_unit
        on
            resource_overages.org = round_to_unit.org
            and resource_overages.period_start = round_to_unit.period_start
            and resource_overages.resource = round_to_unit.resource

)

{{ every_row_holds('resources.overage_is_use_above_the_allowance') }}
