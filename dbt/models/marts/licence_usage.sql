-- Grain: one row per organization, period and licence or add-on.
-- The counted quantity beside the contract's commitment (CON-1): committed in the term only,
-- and what goes beyond it.
{{ config(pre_hook="{{ replace_scope() }}") }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

actuals as (

    select * from {{ ref('int_licences__actuals') }}

),

contract_licences as (

    select * from {{ ref('stg_contracts__licences') }}

),

contract_add_ons as (

    select * from {{ ref('stg_contracts__add_ons') }}

),

commitments as (

    select
        org,
        version,
        'licence' as item_kind,
        licence as item,
        committed
    from contract_licences
    union all
    select
        org,
        version,
        'add_on' as item_kind,
        add_on as item,
        committed
    from contract_add_ons

),

in_the_term as (

    select
        scope.org,
        scope.period_start,
        commitments.item_kind,
        commitments.item,
        commitments.committed
    from scope
    inner join commitments
        on
            scope.org = commitments.org
            and scope.contract_version = commitments.version
    where scope.phase = 'term'

)

select
    actuals.org,
    scope_months.invoice_month,
    actuals.period_start,
    actuals.item_kind,
    actuals.item as licence,
    actuals.licence_model,
    actuals.unit,
    actuals.actual,
    actuals.actual_low,
    actuals.actual_high,
    coalesce(in_the_term.committed, 0)::decimal(18, 6) as committed,
    greatest(actuals.actual - coalesce(in_the_term.committed, 0), 0)::decimal(18, 6) as on_demand
from actuals
inner join scope
    on
        actuals.org = scope.org
        and actuals.period_start = scope.period_start
inner join scope_months
    on
        scope.org = scope_months.org
        and scope.invoice_month = scope_months.invoice_month
left join in_the_term
    on
        actuals.org = in_the_term.org
        and actuals.period_start = in_the_term.period_start
        and actuals.item_kind = in_the_term.item_kind
        and actuals.item = in_the_term.item
