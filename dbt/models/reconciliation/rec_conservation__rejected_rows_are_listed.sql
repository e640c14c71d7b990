-- Grain: one row per organization and invoice month of the run.
-- Invariant: Every rejected record is in ops.rejected_rows with its text. Nothing is dropped in
-- silence.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

rejected_rows as (

    select * from {{ ref('stg_ops__rejected_rows') }}

),

listed as (

    select
        file_id,
        count(*) as rows_listed
    from rejected_rows
    group by file_id

),

counted as (

    select
        files.org,
        sum(files.rows_rejected) as expected,
        sum(coalesce(listed.rows_listed, 0)) as actual
    from files
    left join listed
        on files.file_id = listed.file_id
    where files.status = 'loaded'
    group by files.org

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        counted.expected,
        counted.actual
    from scope
    inner join counted
        on scope.org = counted.org

)

{{ figures_agree(
    'conservation.rejected_rows_are_listed',
    'rows rejected by the ledger, and rows of ops.rejected_rows'
) }}
