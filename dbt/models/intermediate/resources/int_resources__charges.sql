-- Grain: one row per organization, period and resource with a billable overage.
-- Rule: RES-5 (a resource that the catalogue does not charge, archived storage say, is no line).
-- Guarantees: the quantity is RES-4's rounded overage; without a contract rate the rate is null.
-- Forbids: rounding, ramp gating and pricing, which are the invoice's.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

overages as (

    select * from {{ ref('int_resources__overages') }}

)

select
    scope.org,
    scope.invoice_month,
    'period' as invoice_kind,
    scope.period_start as invoice_key,
    scope.period_start as charged_period_start,
    null::varchar as section,
    'resource.' || overages.resource as charge_code,
    overages.title as description,
    scope.period_start as service_start,
    scope.period_end as service_end,
    overages.overage as quantity,
    overages.unit,
    overages.overage_rate as rate,
    false as is_given_amount,
    null::decimal(38, 6) as given_amount,
    overages.is_billed_in_ramp,
    case when overages.has_allowance then 'RES-4' else 'RES-6' end as rule_id
from overages
inner join scope
    on
        overages.org = scope.org
        and overages.period_start = scope.period_start
where
    overages.is_charged
    and overages.overage > 0
