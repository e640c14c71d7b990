-- Grain: one row per organization and invoice month of the run.
-- Invariant: All short calls are surcharged when there are enough of them, and none otherwise.
-- (VOX-7, counted again from the rated calls)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

calls as (

    select * from {{ ref('reconciliation_calls') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

outbound as (

    select
        org,
        period_start,
        sum(completed_outbound_calls) as completed_calls,
        sum(short_calls) as short_calls
    from calls
    group by org, period_start

),

surcharged as (

    select
        org,
        invoice_month,
        sum(quantity) as quantity
    from lines
    where charge_code = 'telco.short_calls'
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        case
            when
                scope.short_call_rate is not null
                and outbound.completed_calls >= scope.short_call_min_calls
                and outbound.short_calls >= outbound.completed_calls * scope.short_call_min_share
                then outbound.short_calls
            else 0
        end as expected,
        coalesce(surcharged.quantity, 0) as actual
    from scope
    inner join outbound
        on
            scope.org = outbound.org
            and scope.period_start = outbound.period_start
    left join surcharged
        on
            scope.org = surcharged.org
            and scope.invoice_month = surcharged.invoice_month
    where
        scope.phase = 'term'
        or scope.ramp_policy = 'actual_usage'
        or surcharged.org is not null

)

{{ figures_agree(
    'telco.short_calls_are_surcharged',
    'short calls that the contract surcharges, and the surcharge line'
) }}
