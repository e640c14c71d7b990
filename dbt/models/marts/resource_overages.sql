-- Grain: one row per organization, period and resource that the report names in the period.
-- What RES-4 found, priced at the contract's rate for display; whether the period bills it (ramp,
-- CON-7) is the invoice's word.
{{ config(pre_hook="{{ replace_scope() }}") }}

with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

overages as (

    select * from {{ ref('int_resources__overages') }}

),

priced as (

    select
        *,
        case when is_charged then overage else 0 end::decimal(18, 6) as billable_overage,
        -- wider than its factors need: a product of two decimal(18, 6) has 18 digits and overflows
        case when is_charged then overage else 0 end::decimal(24, 6) * overage_rate as exact_amount
    from overages

)

select
    scope.org,
    scope.invoice_month,
    scope.period_start,
    scope.phase,
    priced.resource,
    priced.unit,
    priced.basis,
    priced.combine,
    priced.days_reported,
    priced.used,
    priced.allowance,
    priced.billable_overage as overage,
    case when not scope.is_trial then priced.overage_rate end as rate,
    case
        when not scope.is_trial
            then {{ round_money('priced.exact_amount', 'scope.minor_units') }}
    end as amount,
    scope.currency
from priced
inner join scope
    on
        priced.org = scope.org
        and priced.period_start = scope.period_start
inner join scope_months
    on
        scope.org = scope_months.org
        and scope.invoice_month = scope_months.invoice_month
