select
    org,
    invoice_month
from {{ source('ops', 'pruned_months') }}
