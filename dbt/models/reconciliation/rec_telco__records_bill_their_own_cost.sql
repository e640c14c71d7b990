-- Grain: one row per organization and invoice month of the run.
-- Invariant: A call bills its own cost, or the sheet's where the contract says so; a BYOC call
-- bills nothing. (VOX-3, VOX-5)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

calls as (

    select * from {{ ref('reconciliation_calls') }}

),

examined as (

    select
        scope.org,
        scope.invoice_month,
        calls.service || ' ' || calls.market as subject,
        case
            when calls.service = 'byoc' then (calls.billed_cost = 0)
            when scope.voice_rating = 'cdr' then (calls.own_billed_cost = calls.own_cdr_cost)
            else (calls.billed_cost is not distinct from calls.rated_cost)
        end as holds
    from scope
    inner join calls
        on
            scope.org = calls.org
            and scope.period_start = calls.period_start
    -- a call in another currency bills nothing here: check currency_mismatch holds for it (VOX-11)
    where calls.is_in_contract_currency

)

{{ every_row_holds('telco.records_bill_their_own_cost') }}
