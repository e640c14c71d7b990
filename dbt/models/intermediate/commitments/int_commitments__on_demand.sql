-- Grain: one row per organization, period in scope and item with usage to bill, as a charge.
-- Rules: CON-1 (on demand is what is used above the commitment, in the term), CON-8 (in the ramp
-- all usage at the ramp rate; whether the ramp bills it is CON-7's).
-- Guarantees: usage of an item that the contract does not list is a charge without a rate.
-- Forbids: a commitment that covers another item's usage; a commitment in the ramp.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

),

licence_actuals as (

    select * from {{ ref('int_licences__actuals') }}

),

app_actuals as (

    select * from {{ ref('int_appfoundry__actuals') }}

),

catalogue_licences as (

    select * from {{ ref('stg_catalogue__licences') }}

),

usage as (

    select
        org,
        period_start,
        item_kind,
        item,
        item_kind || '.' || item as charge_prefix,
        unit,
        actual
    from licence_actuals
    union all
    select
        org,
        period_start,
        'app_part' as item_kind,
        app_slug || '.' || part_slug as item,
        'appfoundry.' || app_slug || '.' || part_slug as charge_prefix,
        null as unit,
        actual
    from app_actuals

),

above_commitment as (

    select
        scope.org,
        scope.invoice_month,
        scope.period_start,
        scope.period_end,
        usage.charge_prefix || '.on_demand' as charge_code,
        coalesce(
            items.title,
            {{ licence_title(
                'usage.item',
                'catalogue_licences.title',
                'catalogue_licences.is_always_named',
                'scope.licence_model',
            ) }}
        ) as description,
        case
            when scope.phase = 'ramp' then usage.actual
            else greatest(usage.actual - coalesce(items.committed, 0), 0)
        end as quantity,
        coalesce(items.unit, usage.unit) as unit,
        case when scope.phase = 'ramp' then items.ramp_rate else items.on_demand_rate end as rate,
        items.is_billed_in_ramp,
        case
            when scope.phase <> 'ramp' then 'CON-1'
            when usage.item_kind = 'app_part' then 'APP-2'
            else 'CON-8'
        end as rule_id
    from scope
    inner join usage
        on
            scope.org = usage.org
            and scope.period_start = usage.period_start
    left join items
        on
            scope.org = items.org
            and scope.contract_version = items.version
            and usage.item_kind = items.item_kind
            and usage.item = items.item
    left join catalogue_licences
        on
            usage.item_kind = 'licence'
            and usage.item = catalogue_licences.licence
            and scope.period_start >= catalogue_licences.effective_from
            and scope.period_start < catalogue_licences.effective_until

)

select
    org,
    invoice_month,
    'period' as invoice_kind,
    period_start as invoice_key,
    period_start as charged_period_start,
    null::varchar as section,
    charge_code,
    description,
    period_start as service_start,
    period_end as service_end,
    quantity::decimal(18, 6) as quantity,
    unit,
    rate,
    false as is_given_amount,
    null::decimal(38, 6) as given_amount,
    is_billed_in_ramp,
    rule_id
from above_commitment
where quantity <> 0
