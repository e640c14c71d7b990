-- Grain: one row per organization and invoice month of the run.
-- Invariant: The cost read of a file is that of its records loaded, rejected and dropped as
-- duplicates. REC-5, in money: equal counts can hide that the wrong rows were kept.
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
        files.cost_read = files.cost_loaded + files.cost_rejected + files.cost_duplicate as holds
    from scope
    inner join files
        on scope.org = files.org

)

{{ every_row_holds('conservation.costs_of_a_file') }}
