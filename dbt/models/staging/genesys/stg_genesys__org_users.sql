select
    usage.org,
    usage.file_id,
    usage.line_number,
    usage.user_name,
    usage.division,
    usage.department,
    usage.cost_center,
    lower(trim(usage.user_name)) as user_key,
    files.received_rank
from {{ source('genesys', 'org_users') }} as usage
inner join {{ ref('stg_ops__files') }} as files
    on usage.file_id = files.file_id
