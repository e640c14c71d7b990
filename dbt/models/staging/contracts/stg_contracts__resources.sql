select
    org,
    version,
    position,
    resource,
    overage_rate,
    unit,
    combine,
    is_billed_in_ramp
from {{ source('contracts', 'resources') }}
