select
    org,
    invoice_month,
    run_id,
    as_of
from {{ source('ops', 'billed_months') }}
