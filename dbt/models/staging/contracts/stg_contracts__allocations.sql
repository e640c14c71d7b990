select
    org,
    version,
    resource,
    licence,
    allocation
from {{ source('contracts', 'allocations') }}
