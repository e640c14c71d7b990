select
    org,
    report,
    period_start,
    covered_date
from {{ source('ops', 'pruned_days') }}
