select
    org,
    invoice_month
from {{ source('ops', 'kept_months') }}
