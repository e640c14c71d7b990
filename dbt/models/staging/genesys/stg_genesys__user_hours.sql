select
    usage.org,
    usage.file_id,
    usage.line_number,
    usage.user_name,
    usage.usage_date,
    usage.logged_in_milliseconds,
    usage.charge_name,
    lower(trim(usage.user_name)) as user_key,
    lower(regexp_replace(trim(usage.charge_name), '\s+', ' ', 'g')) as charge_name_key,
    files.received_rank
from {{ source('genesys', 'user_hours') }} as usage
inner join {{ ref('stg_ops__files') }} as files
    on usage.file_id = files.file_id
