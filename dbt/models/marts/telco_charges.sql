-- Grain: one row per organization, period, service and market.
-- Guarantees: every call of the contract's currency is in exactly one row, BYOC calls too (of any
-- currency; their costs only in the contract's); costs of two currencies are never added up.
{{ config(pre_hook="{{ replace_scope() }}") }}
with

totals as (

    select * from {{ ref('int_telco__call_totals') }}
    where is_in_contract_currency

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

summed as (

    select
        totals.org,
        scope.invoice_month,
        totals.period_start,
        totals.service,
        totals.market,
        sum(totals.calls) as calls,
        sum(totals.stated_minutes) as stated_minutes,
        sum(totals.computed_seconds) as computed_seconds,
        sum(totals.cdr_cost) filter (where totals.currency = scope.currency) as cdr_cost,
        sum(totals.rated_cost) filter (where totals.currency = scope.currency) as rated_cost,
        sum(totals.billed_cost) as billed_cost,
        scope.currency
    from totals
    inner join scope
        on
            totals.org = scope.org
            and totals.period_start = scope.period_start
    inner join scope_months
        on
            scope.org = scope_months.org
            and scope.invoice_month = scope_months.invoice_month
    group by
        totals.org,
        scope.invoice_month,
        totals.period_start,
        totals.service,
        totals.market,
        scope.currency

)

select
    org,
    invoice_month,
    period_start,
    service,
    market,
    calls::bigint as calls,
    (stated_minutes + {{ minutes_of_seconds('computed_seconds') | indent(4) }})::decimal(18, 6)
        as adjusted_minutes,
    cdr_cost::decimal(18, 6) as cdr_cost,
    rated_cost::decimal(18, 6) as rated_cost,
    billed_cost::decimal(18, 6) as billed_cost,
    currency
from summed
