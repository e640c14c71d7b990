-- Grain: one row per organization and invoice month of the run.
-- Invariant: The adjusted minutes of the charges are those of their calls, summed exactly and
-- rounded once per service and market. (VOX-6)
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
        sum(adjusted_minutes) as figure
    from calls
    where is_in_contract_currency
    group by org, period_start

),

charged as (

    select
        org,
        period_start,
        sum(adjusted_minutes) as figure
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
    'telco.charges_add_up_every_minute',
    'adjusted minutes of marts.rated_calls, and of marts.telco_charges'
) }}
