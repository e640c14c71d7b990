select
    run_id,
    as_of,
    started_at,
    is_issuing
from {{ source('ops', 'run') }}
