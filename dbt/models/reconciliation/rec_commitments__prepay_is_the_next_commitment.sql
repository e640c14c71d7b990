-- Grain: one row per organization and invoice month of the run.
-- Invariant: A period's invoice prepays the next period's commitment, under annual_monthly in the
-- term, and nothing else. CON-2, CON-6, CON-13, CON-14: the next period's contract alone decides.
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

prepaid as (

    select
        org,
        invoice_month,
        sum(quantity) as quantity
    from lines
    where
        invoice_kind = 'period'
        and charge_code like '%.prepay'
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        case
            when
                scope.is_next_in_force
                and scope.next_phase = 'term'
                and scope.next_subscription = 'annual_monthly'
                then coalesce(commitments.committed, 0)
            else 0
        end as expected,
        coalesce(prepaid.quantity, 0) as actual
    from scope
    left join commitments
        on
            scope.org = commitments.org
            and scope.next_contract_version = commitments.version
    left join prepaid
        on
            scope.org = prepaid.org
            and scope.invoice_month = prepaid.invoice_month
    where scope.period_start is not null

)

{{ figures_agree(
    'commitments.prepay_is_the_next_commitment',
    'commitment of the next period, and the prepay lines of the invoice'
) }}
