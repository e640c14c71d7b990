-- Grain: one row per invoice, item and charged period, as a charge.
-- Rules: CON-2 (the invoice of k prepays k+1 if k+1 is in the term), CON-3 (without a ramp the
-- order invoice of the effective date prepays period 0).
-- Guarantees: the contract in force in the charged period decides alone (CON-14), so the last ramp
-- invoice prepays the first term period and the final invoice prepays nothing.
-- Forbids: a prepay for a ramp period, or under another subscription than annual_monthly.
{{ config(materialized='view') }}
with

charged_ahead as (

    select * from {{ ref('int_commitments__charged_ahead') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

)

select
    charged_ahead.org,
    charged_ahead.invoice_month,
    charged_ahead.invoice_kind,
    charged_ahead.invoice_key,
    charged_ahead.period_start as charged_period_start,
    null::varchar as section,
    items.charge_prefix || '.prepay' as charge_code,
    items.title || ' - Prepay' as description,
    charged_ahead.period_start as service_start,
    charged_ahead.period_end as service_end,
    items.committed as quantity,
    items.unit,
    items.prepay_rate as rate,
    false as is_given_amount,
    null::decimal(38, 6) as given_amount,
    items.is_billed_in_ramp,
    case when charged_ahead.invoice_kind = 'order' then 'CON-3' else 'CON-2' end as rule_id
from charged_ahead
inner join versions
    on
        charged_ahead.org = versions.org
        and charged_ahead.contract_version = versions.version
inner join items
    on
        charged_ahead.org = items.org
        and charged_ahead.contract_version = items.version
where
    charged_ahead.phase = 'term'
    and versions.subscription = 'annual_monthly'
    and items.committed > 0
