select
    org,
    version,
    position,
    name,
    name_slug,
    basis,
    rate,
    is_billed_in_ramp
from {{ source('contracts', 'fees') }}
