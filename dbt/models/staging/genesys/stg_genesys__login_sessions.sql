select
    usage.org,
    usage.file_id,
    usage.line_number,
    usage.user_name,
    usage.login_at,
    usage.logout_at,
    usage.charge_name,
    usage.client,
    lower(trim(usage.user_name)) as user_key,
    lower(regexp_replace(trim(usage.charge_name), '\s+', ' ', 'g')) as charge_name_key,
    lower(trim(usage.client)) as client_key,
    files.received_rank
from {{ source('genesys', 'login_sessions') }} as usage
inner join {{ ref('stg_ops__files') }} as files
    on usage.file_id = files.file_id
