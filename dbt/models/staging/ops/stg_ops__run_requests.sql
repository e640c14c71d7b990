select
    org,
    invoice_month
from {{ source('ops', 'run_requests') }}
