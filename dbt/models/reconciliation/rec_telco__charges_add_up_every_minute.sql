-- Grain: one row per organization and invoice month of the run.
<<<<<<< HEAD
-- Invariant: The adjusted minutes of the charges are those of their calls, to a millionth of a
-- minute for each call. VOX-2: a call without own minutes shows them with six decimals, while a
-- charge rounds the sum of its seconds once.
=======
-- Invariant: The adjusted minutes of the charges are those of their calls, summed exactly and
-- rounded once per service and market. (VOX-6)
>>>>>>> main
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

telco_charges as (

    select * from {{ ref('telco_charges') }}

),

calls as (

    select * from {{ ref('reconciliation_calls') }}
    where is_in_contract_currency

),

examined as (

    select
        scope.org,
        scope.invoice_month,
        calls.service || ' ' || calls.market as subject,
        abs(telco_charges.adjusted_minutes - calls.adjusted_minutes) * 1000000
        <= calls.calls as holds
    from scope
    inner join calls
        on
            scope.org = calls.org
            and scope.period_start = calls.period_start
    left join telco_charges
        on
            calls.org = telco_charges.org
            and calls.period_start = telco_charges.period_start
            and calls.service = telco_charges.service
            and calls.market = telco_charges.market

)

{{ every_row_holds('telco.charges_add_up_every_minute') }}
