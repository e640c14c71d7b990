-- Grain: one row per line of a vendor's invoice in effect.
-- Guarantees: each line with the invoice of ours and the key that it is compared under, as computed
-- last; history outside the run's scope stays.
{{ config(pre_hook="{{ replace_scope() }}") }}
-- depends_on: {{ ref('int_periods__scope_months') }}
select
    org,
    invoice_month,
    period_start,
    invoice_id,
    vendor_invoice_number,
    invoice_date,
    description,
    service_start,
    service_end,
    quantity,
    rate,
    amount,
    currency,
    section,
    charge_key,
    nearest_descriptions,
    file_id,
    line_number
from {{ ref('int_vendor__mapped_lines') }}
