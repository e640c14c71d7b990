-- Grain: one row per organization and invoice month of the run.
-- Invariant: Each call outside every period in force is counted as unassigned, once. REC-5, PER-7:
-- with the rated calls, these are all the calls that were loaded.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

outside_calls as (

    select * from {{ ref('reconciliation_outside_calls') }}

),

unassigned_usage as (

    select * from {{ ref('unassigned_usage') }}

),

unassigned as (

    select
        org,
        sum(rows) as calls
    from unassigned_usage
    where report = 'voice_usage'
    group by org

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        coalesce(outside_calls.distinct_calls, 0) as expected,
        coalesce(unassigned.calls, 0) as actual
    from scope
    left join outside_calls
        on scope.org = outside_calls.org
    left join unassigned
        on scope.org = unassigned.org

)

{{ figures_agree(
    'conservation.calls_outside_are_unassigned',
    'distinct calls landed outside all windows, and marts.unassigned_usage'
) }}
