-- Grain: one row per organization and period whose calls the vendor has invoiced.
-- Guarantees: the control sum of calls as computed last; history outside the run's scope stays.
{{ config(pre_hook="{{ replace_scope() }}") }}
-- depends_on: {{ ref('int_periods__scope_months') }}
select
    org,
    invoice_month,
    period_start,
    calls,
    record_cost,
    vendor_lines,
    vendor_amount,
    difference,
    tolerance,
    is_within
from {{ ref('int_vendor__calling_services') }}
