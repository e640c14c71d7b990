-- Grain: one row per organization, period in scope and committed item, as a charge.
-- Rules: CON-5 (monthly subscription, in arrears: the commitment, with what is above it on demand),
-- CON-6 (committed 20, used 10: 20 are billed).
-- Guarantees: usage has no part in it, so the greater of committed and actual is billed.
-- Forbids: a commitment billed in the ramp.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

)

select
    scope.org,
    scope.invoice_month,
    'period' as invoice_kind,
    scope.period_start as invoice_key,
    scope.period_start as charged_period_start,
    null::varchar as section,
    items.charge_prefix || '.committed' as charge_code,
    items.title || ' - Committed' as description,
    scope.period_start as service_start,
    scope.period_end as service_end,
    items.committed as quantity,
    items.unit,
    items.prepay_rate as rate,
    false as is_given_amount,
    null::decimal(38, 6) as given_amount,
    items.is_billed_in_ramp,
    'CON-5' as rule_id
from scope
inner join items
    on
        scope.org = items.org
        and scope.contract_version = items.version
where
    scope.phase = 'term'
    and scope.subscription = 'monthly'
    and items.committed > 0
