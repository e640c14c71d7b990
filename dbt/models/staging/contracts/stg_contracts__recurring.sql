select
    org,
    version,
    position,
    name,
    name_slug,
    section,
    quantity,
    rate,
    from_date,
    to_date,
    is_in_advance,
    is_billed_in_ramp
from {{ source('contracts', 'recurring') }}
