select
    org,
    version,
    position,
    licence,
    committed,
    prepay_rate,
    on_demand_rate,
    ramp_rate,
    is_billed_in_ramp
from {{ source('contracts', 'licences') }}
