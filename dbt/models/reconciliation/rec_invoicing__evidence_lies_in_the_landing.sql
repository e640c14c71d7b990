-- Grain: one row per organization and invoice month of the run.
-- Invariant: Evidence that is a row of a file names a file of the organization that was loaded, and
-- a line that the file has; a user, session, day, number or device is always such a row.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

lines as (

    select * from {{ ref('reconciliation_shown_lines') }}

),

line_evidence as (

    select * from {{ ref('line_evidence') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

examined as (

    select
        lines.org,
        lines.invoice_month,
        lines.line_id || ' #' || line_evidence.evidence_number as subject,
        case
            when line_evidence.file_id is null
                then
                    line_evidence.evidence
                    not in ('user', 'session', 'hours', 'day', 'number', 'device')
            else
                files.org = lines.org
                and files.rows_loaded > 0
                and line_evidence.line_number between 1 and files.lines
        end as holds
    from lines
    inner join line_evidence
        on lines.line_id = line_evidence.line_id
    left join files
        on line_evidence.file_id = files.file_id

)

{{ every_row_holds('invoicing.evidence_lies_in_the_landing') }}
