select
    usage.org,
    usage.file_id,
    usage.line_number,
    usage.usage_date,
    usage.resource,
    usage.quantity,
    usage.unit,
    lower(regexp_replace(trim(usage.resource), '\s+', ' ', 'g')) as resource_name_key,
    files.received_rank
from {{ source('genesys', 'resources_usage') }} as usage
inner join {{ ref('stg_ops__files') }} as files
    on usage.file_id = files.file_id
