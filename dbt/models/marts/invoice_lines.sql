-- Grain: one row per invoice line.
-- Guarantees: the lines of an issued invoice as the book has them, all others as computed last;
-- history outside the run's scope stays.
{{ config(pre_hook="{{ replace_scope() }}") }}
-- depends_on: {{ ref('int_periods__scope_months') }}
select
    invoice_id,
    line_id,
    line_number,
    org,
    invoice_month,
    section,
    charge_code,
    description,
    service_start,
    service_end,
    quantity,
    unit,
    rate,
    amount,
    currency,
    rule_id,
    adjusted_invoice_id
from {{ ref('int_invoicing__lines') }}
