select
    payments.org,
    payments.file_id,
    payments.line_number,
    payments.invoice_number,
    payments.payment_date,
    payments.method,
    payments.amount,
    payments.reference,
    nullif(upper(trim(payments.currency)), '') as currency,
    lower(trim(payments.status)) as status,
    {{ name_key('payments.invoice_number') }} as invoice_number_key,
    files.received_rank
from {{ source('genesys', 'payments') }} as payments
inner join {{ ref('stg_ops__files') }} as files
    on payments.file_id = files.file_id
