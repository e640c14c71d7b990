-- Grain: one row per on-demand charge and piece of evidence.
-- Supports INV-6 for CON-1, CON-8 and APP-2: everybody and everything that was used counts, and in
-- the term the commitment is taken off.
-- Guarantees: the quantities of a charge add up to int_commitments__on_demand.
{{ config(materialized='view') }}
with

charges as (

    select
        *,
        regexp_replace(charge_code, '[.]on_demand$', '') as charge_prefix
    from {{ ref('int_commitments__on_demand') }}

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

),

licence_units as (

    select * from {{ ref('int_evidence__licence_units') }}

),

app_units as (

    select * from {{ ref('int_evidence__app_units') }}

),

units as (

    select
        org,
        period_start,
        item_kind || '.' || item as charge_prefix,
        evidence,
        subject,
        usage_date,
        quantity,
        reported,
        file_id,
        line_number,
        detail
    from licence_units
    union all
    select
        org,
        period_start,
        'appfoundry.' || app_slug || '.' || part_slug as charge_prefix,
        evidence,
        subject,
        usage_date,
        quantity,
        reported,
        file_id,
        line_number,
        detail
    from app_units

)

select
    charges.org,
    charges.invoice_kind,
    charges.invoice_key,
    charges.charge_code,
    charges.service_start,
    1::bigint as number_in_key,
    units.evidence,
    units.subject,
    units.usage_date,
    units.quantity,
    null::decimal(38, 6) as amount,
    units.reported,
    units.file_id,
    units.line_number,
    units.detail
from charges
inner join units
    on
        charges.org = units.org
        and charges.charged_period_start = units.period_start
        and charges.charge_prefix = units.charge_prefix
union all
select
    charges.org,
    charges.invoice_kind,
    charges.invoice_key,
    charges.charge_code,
    charges.service_start,
    1::bigint as number_in_key,
    'commitment' as evidence,
    items.title as subject,
    null::date as usage_date,
    -items.committed::decimal(18, 6) as quantity,
    null::decimal(38, 6) as amount,
    null::decimal(18, 6) as reported,
    null as file_id,
    null::bigint as line_number,
    'committed, and charged as such' as detail
from charges
inner join scope
    on
        charges.org = scope.org
        and charges.charged_period_start = scope.period_start
inner join items
    on
        scope.org = items.org
        and scope.contract_version = items.version
        and charges.charge_prefix = items.charge_prefix
where
    scope.phase <> 'ramp'
    and items.committed <> 0
