-- Grain: one row per organization and invoice month of the run.
-- Invariant: On demand is what exceeds the commitment of the contract in force, in the term only.
-- (CON-1, CON-10, CON-14)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

licence_usage as (

    select * from {{ ref('licence_usage') }}

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

examined as (

    select
        licence_usage.org,
        licence_usage.invoice_month,
        licence_usage.licence as subject,
        licence_usage.on_demand = greatest(licence_usage.actual - licence_usage.committed, 0)
        and licence_usage.committed
        = case when scope.phase = 'term' then coalesce(commitments.committed, 0) else 0 end as holds
    from licence_usage
    inner join scope
        on
            licence_usage.org = scope.org
            and licence_usage.invoice_month = scope.invoice_month
    left join commitments
        on
            scope.org = commitments.org
            and scope.contract_version = commitments.version
            and licence_usage.item_kind = commitments.item_kind
            and licence_usage.licence = commitments.item

)

{{ every_row_holds('licences.on_demand_is_beyond_the_commitment') }}
