-- Grain: one row per organization and invoice month of the run.
-- Invariant: Every line of a vendor's invoice that is in effect is with one invoice of ours.
-- REC-1, from the landing: a line that is placed nowhere is paid unseen, one placed twice is
-- disputed twice.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

landed as (

    select * from {{ ref('stg_genesys__vendor_invoice') }}

),

vendor_invoice_lines as (

    select * from {{ ref('vendor_invoice_lines') }}

),

latest as (

    select
        org,
        invoice_number_key,
        description_key,
        service_start,
        max(received_rank) as received_rank
    from landed
    group by org, invoice_number_key, description_key, service_start

),

in_effect as (

    -- the rows of the file received last, for each invoice, description and service period start
    select
        landed.org,
        landed.file_id,
        landed.line_number,
        landed.invoice_number_key
    from landed
    inner join latest
        on
            landed.org = latest.org
            and landed.invoice_number_key = latest.invoice_number_key
            and landed.description_key = latest.description_key
            and landed.service_start = latest.service_start
            and landed.received_rank = latest.received_rank

),

placed as (

    select
        vendor_invoice_lines.org,
        vendor_invoice_lines.invoice_month,
        {{ name_key('vendor_invoice_lines.vendor_invoice_number') }} as invoice_number_key,
        vendor_invoice_lines.file_id,
        vendor_invoice_lines.line_number
    from vendor_invoice_lines

),

invoices_of_month as (

    select distinct
        placed.org,
        placed.invoice_month,
        placed.invoice_number_key
    from placed
    inner join scope
        on
            placed.org = scope.org
            and placed.invoice_month = scope.invoice_month

),

placings as (

    select
        org,
        file_id,
        line_number,
        count(*) as placings
    from placed
    group by org, file_id, line_number

),

examined as (

    select
        invoices_of_month.org,
        invoices_of_month.invoice_month,
        in_effect.file_id || ' line ' || in_effect.line_number as subject,
        coalesce(placings.placings, 0) = 1 as holds
    from invoices_of_month
    inner join in_effect
        on
            invoices_of_month.org = in_effect.org
            and invoices_of_month.invoice_number_key = in_effect.invoice_number_key
    left join placings
        on
            in_effect.org = placings.org
            and in_effect.file_id = placings.file_id
            and in_effect.line_number = placings.line_number

)

{{ every_row_holds('vendor.every_line_of_the_vendor_is_placed_once') }}
