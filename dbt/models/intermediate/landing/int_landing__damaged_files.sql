-- Grain: one row per file with rejected rows, or of which nothing was loaded, that still counts.
-- Supports check rejected_rows: a file stops counting once a person accepts it, or a later file of
-- the same organization, report and path is loaded without rejects.
-- Guarantees: `is_whole` marks a file that says nothing about the time it is missing from;
-- `is_warning` one of a report that no charge is made of.
{{ config(materialized='view') }}
with

files as (

    select * from {{ ref('stg_ops__files') }}

),

accepted_files as (

    select * from {{ ref('stg_ops__accepted_files') }}

),

rejected_rows as (

    select * from {{ ref('stg_ops__rejected_rows') }}

),

good_files as (

    select
        org,
        report,
        path,
        max(received_rank) as received_rank
    from files
    where
        status = 'loaded'
        and rows_rejected = 0
    group by org, report, path

),

first_rejects as (

    select
        file_id,
        min_by(
            'line ' || line_number || ', ' || coalesce(column_name || ': ', '') || reason,
            line_number
        ) as first_reject
    from rejected_rows
    group by file_id

)

select
    files.file_id,
    files.org,
    files.report,
    files.path,
    files.rows_rejected,
    files.rows_loaded = 0 as is_whole,
    files.report in ('org_users', 'vendor_invoice', 'payments') as is_warning,
    case
        when files.status = 'rejected'
            then
                'nothing of it could be loaded ('
                || coalesce(files.reason, 'no reason given') || ')'
        else
            files.rows_rejected || ' of ' || files.rows_read || ' rows rejected'
            || coalesce(' (first: ' || first_rejects.first_reject || ')', '')
    end as finding
from files
left join accepted_files
    on files.file_id = accepted_files.file_id
left join good_files
    on
        files.org = good_files.org
        and files.report = good_files.report
        and files.path = good_files.path
        and files.received_rank < good_files.received_rank
left join first_rejects
    on files.file_id = first_rejects.file_id
where
    (files.status = 'rejected' or files.rows_rejected > 0)
    and accepted_files.file_id is null
    and good_files.path is null
