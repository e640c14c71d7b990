select
    usage.org,
    usage.file_id,
    usage.line_number,
    usage.phone_number,
    usage.number_type,
    usage.active_from,
    usage.active_to,
    usage.country,
    usage.is_ported,
    regexp_replace(usage.phone_number, '[^0-9]', '', 'g') as number_digits,
    regexp_replace(lower(trim(usage.number_type)), '[^a-z]+', '_', 'g') as number_type_key,
    files.received_rank
from {{ source('genesys', 'phone_numbers') }} as usage
inner join {{ ref('stg_ops__files') }} as files
    on usage.file_id = files.file_id
