select
    org,
    version,
    position,
    name,
    name_slug,
    amount,
    item_date
from {{ source('contracts', 'one_time') }}
