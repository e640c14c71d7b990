-- Grain: one row per invoice, recurring item of the contract and charged period, as a charge.
-- Rule: CON-15 (other charges and credits, one line for each period that overlaps from and to; in
-- advance on the invoice before, period 0's on the order invoice of the effective date).
-- Guarantees: each period is decided by the contract in force in it, in arrears or in advance,
-- once.
-- Forbids: proration; a charge in advance for a period that is not in force.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

charged_ahead as (

    select * from {{ ref('int_commitments__charged_ahead') }}

),

recurring as (

    select * from {{ ref('stg_contracts__recurring') }}

),

charged_periods as (

    select
        org,
        invoice_month,
        'period' as invoice_kind,
        period_start as invoice_key,
        period_start,
        period_end,
        contract_version,
        false as is_in_advance
    from scope
    union all
    select
        org,
        invoice_month,
        invoice_kind,
        invoice_key,
        period_start,
        period_end,
        contract_version,
        true as is_in_advance
    from charged_ahead

)

select
    charged_periods.org,
    charged_periods.invoice_month,
    charged_periods.invoice_kind,
    charged_periods.invoice_key,
    charged_periods.period_start as charged_period_start,
    recurring.section,
    'recurring.' || recurring.name_slug as charge_code,
    recurring.name as description,
    charged_periods.period_start as service_start,
    charged_periods.period_end as service_end,
    recurring.quantity,
    'item' as unit,
    recurring.rate,
    false as is_given_amount,
    null::decimal(38, 6) as given_amount,
    coalesce(recurring.is_billed_in_ramp, true) as is_billed_in_ramp,
    'CON-15' as rule_id
from charged_periods
inner join recurring
    on
        charged_periods.org = recurring.org
        and charged_periods.contract_version = recurring.version
        and charged_periods.is_in_advance = recurring.is_in_advance
where
    (recurring.from_date is null or recurring.from_date <= charged_periods.period_end)
    and (recurring.to_date is null or recurring.to_date >= charged_periods.period_start)
