-- Grain: one row per organization and invoice month of the run.
-- Invariant: The calls of a period are all in its charges, by service and market. INV-6. Calls of
-- another currency are in no charge (VOX-11).
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

telco_charges as (

    select * from {{ ref('telco_charges') }}

),

calls as (

    select * from {{ ref('reconciliation_calls') }}

),

rated as (

    select
        org,
        period_start,
        sum(calls) as figure
    from calls
    where is_in_contract_currency
    group by org, period_start

),

charged as (

    select
        org,
        period_start,
        sum(calls) as figure
    from telco_charges
    group by org, period_start

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        rated.figure as expected,
        charged.figure as actual
    from scope
    left join rated
        on
            scope.org = rated.org
            and scope.period_start = rated.period_start
    left join charged
        on
            scope.org = charged.org
            and scope.period_start = charged.period_start

)

{{ figures_agree(
    'telco.charges_count_every_call',
    'calls of marts.rated_calls, and of marts.telco_charges'
) }}
