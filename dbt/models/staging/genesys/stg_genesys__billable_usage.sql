select
    usage.org,
    usage.file_id,
    usage.line_number,
    usage.charge_name,
    usage.entity,
    usage.first_login_at,
    lower(regexp_replace(trim(usage.charge_name), '\s+', ' ', 'g')) as charge_name_key,
    lower(trim(usage.entity)) as entity_key,
    files.received_rank
from {{ source('genesys', 'billable_usage') }} as usage
inner join {{ ref('stg_ops__files') }} as files
    on usage.file_id = files.file_id
