select
    org,
    version,
    position,
    name,
    name_slug,
    rate,
    sections
from {{ source('contracts', 'taxes') }}
