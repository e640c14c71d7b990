select
    org,
    version,
    position,
    add_on,
    charge_name,
    committed,
    prepay_rate,
    on_demand_rate,
    ramp_rate,
    is_billed_in_ramp
from {{ source('contracts', 'add_ons') }}
