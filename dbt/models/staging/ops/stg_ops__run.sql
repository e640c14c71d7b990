select
    run_id,
    as_of,
    started_at
from {{ source('ops', 'run') }}
