select
    invoice_id,
    line_id,
    line_number,
    org,
    invoice_month,
    section,
    charge_code,
    description,
    service_start,
    service_end,
    quantity,
    unit,
    rate,
    amount,
    currency,
    rule_id
from {{ source('ops', 'issued_lines') }}
