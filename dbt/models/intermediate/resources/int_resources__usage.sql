-- Grain: one row per organization, period, resource and basis (gross, net) that has rows.
-- Rule: RES-2 (names of one resource and day add up, then the days combine: sum, average over the
-- days reported, max or last; the contract may choose).
-- Guarantees: the combined quantity is exact, as a fraction of whole numbers; an average is not
-- rounded here.
-- Forbids: counting a day without rows into an average.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

report_rows as (

    select * from {{ ref('int_resources__report_rows') }}

),

resources as (

    select * from {{ ref('stg_catalogue__resources') }}

),

contract_resources as (

    select * from {{ ref('stg_contracts__resources') }}

),

days as (

    select
        org,
        period_start,
        resource,
        basis,
        usage_date,
        sum(quantity) as quantity
    from report_rows
    group by org, period_start, resource, basis, usage_date

),

combined as (

    select
        org,
        period_start,
        resource,
        basis,
        count(*) as days_reported,
        sum(quantity) as summed,
        max(quantity) as largest,
        max_by(quantity, usage_date) as latest
    from days
    group by org, period_start, resource, basis

)

select
    combined.org,
    combined.period_start,
    combined.resource,
    combined.basis,
    coalesce(contract_resources.combine, resources.combine) as combine,
    combined.days_reported,
    {{ in_micro(
        "case coalesce(contract_resources.combine, resources.combine)"
        " when 'max' then combined.largest"
        " when 'last' then combined.latest"
        " else combined.summed end"
    ) }} as numerator,
    case
        when coalesce(contract_resources.combine, resources.combine) = 'average'
            then combined.days_reported
        else 1
    end::hugeint * {{ micro() }} as denominator
from combined
inner join scope
    on
        combined.org = scope.org
        and combined.period_start = scope.period_start
inner join resources
    on
        combined.resource = resources.resource
        and combined.period_start >= resources.effective_from
        and combined.period_start < resources.effective_until
left join contract_resources
    on
        combined.org = contract_resources.org
        and scope.contract_version = contract_resources.version
        and combined.resource = contract_resources.resource
