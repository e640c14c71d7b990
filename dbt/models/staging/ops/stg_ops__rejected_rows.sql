select
    file_id,
    line_number,
    column_name,
    reason,
    raw
from {{ source('ops', 'rejected_rows') }}
