select
    usage.org,
    usage.file_id,
    usage.line_number,
    usage.app,
    usage.part,
    usage.usage_date,
    usage.quantity,
    lower(regexp_replace(trim(usage.app), '\s+', ' ', 'g')) as app_key,
    lower(regexp_replace(trim(usage.part), '\s+', ' ', 'g')) as part_key,
    files.received_rank
from {{ source('genesys', 'appfoundry_usage') }} as usage
inner join {{ ref('stg_ops__files') }} as files
    on usage.file_id = files.file_id
