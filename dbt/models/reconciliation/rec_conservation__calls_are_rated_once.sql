-- Grain: one row per organization and invoice month of the run.
-- Invariant: Each call that starts in a period is rated in it once, however often it was landed.
-- REC-5, VOX-10, PER-5: loaded less superseded calls are the rated ones.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

landed_calls as (

    select * from {{ ref('reconciliation_landed_calls') }}

),

calls as (

    select * from {{ ref('reconciliation_calls') }}

),

rated as (

    select
        org,
        period_start,
        sum(calls) as calls
    from calls
    group by org, period_start

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        -- a row that came or went since its day was counted is one that nobody rated
        coalesce(
            landed_calls.distinct_calls + landed_calls.present_calls - landed_calls.landed_calls, 0
        ) as expected,
        coalesce(rated.calls, 0) as actual
    from scope
    left join landed_calls
        on
            scope.org = landed_calls.org
            and scope.period_start = landed_calls.period_start
    left join rated
        on
            scope.org = rated.org
            and scope.period_start = rated.period_start

)

{{ figures_agree(
    'conservation.calls_are_rated_once',
    'distinct calls landed in the voice window, and calls rated in the period'
) }}
