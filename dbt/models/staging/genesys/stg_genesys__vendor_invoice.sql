select
    lines.org,
    lines.file_id,
    lines.line_number,
    lines.invoice_number,
    lines.invoice_date,
    lines.service_start,
    lines.service_end,
    lines.description,
    lines.quantity,
    lines.rate,
    lines.amount,
    lines.section,
    nullif(upper(trim(lines.currency)), '') as currency,
    {{ name_key('lines.invoice_number') }} as invoice_number_key,
    {{ description_key('lines.description') }} as description_key,
    files.received_rank
from {{ source('genesys', 'vendor_invoice') }} as lines
inner join {{ ref('stg_ops__files') }} as files
    on lines.file_id = files.file_id
