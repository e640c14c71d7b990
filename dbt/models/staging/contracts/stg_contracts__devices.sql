select
    org,
    version,
    position,
    device_type,
    device_slug,
    charge_name,
    rate,
    is_billed_in_ramp
from {{ source('contracts', 'devices') }}
