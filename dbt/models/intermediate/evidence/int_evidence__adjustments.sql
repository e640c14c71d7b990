-- Grain: one row per drafted adjustment and line that it is the difference of.
-- Supports INV-6 for INV-3: what is computed now, less what was issued, less what was adjusted
-- before; the pieces add up to the adjustment.
-- Forbids: a piece of an adjustment that is issued itself: it stands as it is.
with

adjustments as (

    select * from {{ ref('int_invoicing__adjustments') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

issued_lines as (

    select * from {{ ref('stg_ops__issued_lines') }}

),

computed_lines as (

    select * from {{ ref('computed_lines') }}

),

compared_lines as (

    select
        computed_lines.org,
        computed_lines.charge_code || '.adjustment' as charge_code,
        computed_lines.service_start,
        computed_lines.service_end,
        computed_lines.currency,
        computed_lines.invoice_id as subject,
        computed_lines.quantity,
        computed_lines.amount,
        'as the inputs give it now' as detail
    from computed_lines
    inner join issued_invoices
        on computed_lines.invoice_id = issued_invoices.invoice_id
    union all
    select
        org,
        case
            when adjusted_invoice_id is null then charge_code || '.adjustment'
            else charge_code
        end as charge_code,
        service_start,
        service_end,
        currency,
        line_id as subject,
        -quantity as quantity,
        -amount as amount,
        case
            when adjusted_invoice_id is null then 'less what was issued'
            else 'less what was adjusted before'
        end as detail
    from issued_lines

)

select
    adjustments.org,
    adjustments.invoice_kind,
    adjustments.invoice_key,
    adjustments.charge_code,
    adjustments.service_start,
    1 as number_in_key,
    'line' as evidence,
    compared_lines.subject,
    null::date as usage_date,
    compared_lines.quantity,
    coalesce(compared_lines.amount, 0)::decimal(38, 6) as amount,
    null::decimal(18, 6) as reported,
    null::varchar as file_id,
    null::bigint as line_number,
    compared_lines.detail
from adjustments
inner join compared_lines
    on
        adjustments.org = compared_lines.org
        and adjustments.charge_code = compared_lines.charge_code
        and adjustments.service_start = compared_lines.service_start
        and adjustments.service_end = compared_lines.service_end
        and adjustments.currency = compared_lines.currency
