-- Grain: one row per organization and invoice month of the run.
-- Invariant: Under monthly, a period of the term bills its whole commitment, and no other does.
-- (CON-5, CON-6)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

commitments as (

    select * from {{ ref('reconciliation_commitments') }}

),

billed as (

    select
        org,
        invoice_month,
        sum(quantity) as quantity
    from lines
    where
        invoice_kind = 'period'
        and charge_code like '%.committed'
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        case
            when scope.subscription = 'monthly' and scope.phase = 'term'
                then coalesce(commitments.committed, 0)
            else 0
        end as expected,
        coalesce(billed.quantity, 0) as actual
    from scope
    left join commitments
        on
            scope.org = commitments.org
            and scope.contract_version = commitments.version
    left join billed
        on
            scope.org = billed.org
            and scope.invoice_month = billed.invoice_month
    where scope.period_start is not null

)

{{ figures_agree(
    'commitments.arrears_bill_the_commitment',
    'commitment of the period, and the committed lines of its invoice'
) }}
