select
    file_id,
    accepted_by,
    accepted_at,
    reason
from {{ source('ops', 'accepted_files') }}
