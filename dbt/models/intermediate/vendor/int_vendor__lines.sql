-- Grain: one row per line of a vendor's invoice that is in effect.
-- Supports REC-1: for one key (invoice number, description, service period start) the latest file
-- wins; the lines that it has of the key are all its lines, as on paper, where a line may be split.
-- Guarantees: an invoice has one date, the one that its latest line says.
-- Forbids: a line of the vendor that a later row of its own file hides.
with

landed as (

    select * from {{ ref('stg_genesys__vendor_invoice') }}

),

latest as (

    select
        landed.*,
        max_by(landed.invoice_number, (landed.received_rank, landed.line_number)) over (
            partition by landed.org, landed.invoice_number_key
        ) as vendor_invoice_number,
        max_by(landed.invoice_date, (landed.received_rank, landed.line_number)) over (
            partition by landed.org, landed.invoice_number_key
        ) as latest_invoice_date,
        max(landed.received_rank) over (
            partition by
                landed.org,
                landed.invoice_number_key,
                landed.description_key,
                landed.service_start
        ) as latest_rank
    from landed

)

select
    org,
    trim(vendor_invoice_number) as vendor_invoice_number,
    latest_invoice_date as invoice_date,
    service_start,
    service_end,
    description,
    description_key,
    quantity,
    rate,
    amount,
    currency,
    section,
    file_id,
    line_number
from latest
where received_rank = latest_rank
