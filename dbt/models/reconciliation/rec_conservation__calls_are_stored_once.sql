-- Grain: one row per organization and invoice month of the run.
-- Invariant: Every loaded call is stored once: the Parquet of a file has as many rows as the
-- ledger says. REC-5. Only files that touch the run are counted again; the others are immutable.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

call_files as (

    select * from {{ ref('reconciliation_files') }}

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        sum(call_files.rows_loaded) as expected,
        sum(call_files.rows_stored) as actual
    from scope
    inner join call_files
        on scope.org = call_files.org
    group by scope.org, scope.invoice_month

)

{{ figures_agree(
    'conservation.calls_are_stored_once',
    'calls loaded by the ledger, and calls in the Parquet of the same files'
) }}
