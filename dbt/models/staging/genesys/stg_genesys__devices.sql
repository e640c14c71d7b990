select
    usage.org,
    usage.file_id,
    usage.line_number,
    usage.device_id,
    usage.device_type,
    usage.active_from,
    usage.active_to,
    lower(trim(usage.device_id)) as device_key,
    lower(regexp_replace(trim(usage.device_type), '\s+', ' ', 'g')) as device_type_key,
    files.received_rank
from {{ source('genesys', 'devices') }} as usage
inner join {{ ref('stg_ops__files') }} as files
    on usage.file_id = files.file_id
