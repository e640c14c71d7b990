select
    org,
    time_zone,
    effective_date,
    ramp_months,
    term_months,
    path,
    sha256
from {{ source('contracts', 'organizations') }}
