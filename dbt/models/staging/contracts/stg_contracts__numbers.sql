select
    org,
    version,
    number_type,
    recurring_rate,
    setup_rate,
    is_billed_in_ramp
from {{ source('contracts', 'numbers') }}
