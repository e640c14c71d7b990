-- Grain: one row per organization and invoice month of the run.
-- Invariant: The physical lines of a file are its header, its blank lines and the lines of its
-- records. REC-5. A reader that loses lines says nothing about it: a stray quote once cost half a
-- file.
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
        files.lines = files.header_lines + files.blank_lines + files.record_lines as holds
    from scope
    inner join files
        on scope.org = files.org
    where files.status = 'loaded'

)

{{ every_row_holds('conservation.lines_of_a_file') }}
