select
    usage.org,
    usage.file_id,
    usage.line_number,
    usage.usage_date,
    usage.peak_users,
    usage.minutes,
    files.received_rank
from {{ source('genesys', 'concurrent_usage') }} as usage
inner join {{ ref('stg_ops__files') }} as files
    on usage.file_id = files.file_id
