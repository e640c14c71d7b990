-- Grain: one row per organization, period, service period start and charge key.
-- Guarantees: the comparison as computed last; history outside the run's scope stays.
{{ config(pre_hook="{{ replace_scope() }}") }}
-- depends_on: {{ ref('int_periods__scope_months') }}
select
    org,
    invoice_month,
    period_start,
    service_start,
    charge_key,
    vendor_invoice_number,
    expected_lines,
    vendor_lines,
    expected_description,
    vendor_description,
    nearest_descriptions,
    currency,
    vendor_currency,
    expected_quantity,
    vendor_quantity,
    expected_low,
    expected_high,
    expected_rate,
    vendor_rate,
    expected_amount,
    vendor_amount,
    quantity_variance,
    amount_variance,
    status,
    short_calls_counted
from {{ ref('int_vendor__compared') }}
