-- Grain: one row per organization and invoice month of the run.
-- Invariant: The records read of a file are those loaded, rejected and dropped as duplicates.
-- (REC-5, in rows)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

examined as (

    select
        scope.org,
        scope.invoice_month,
        files.path as subject,
        files.rows_read = files.rows_loaded + files.rows_rejected + files.rows_duplicate as holds
    from scope
    inner join files
        on scope.org = files.org

)

{{ every_row_holds('conservation.rows_of_a_file') }}
