-- Grain: one row per invoice line and cost object (division, department, cost center).
-- Guarantees: the rows of a line add up to its amount; history outside the run's scope stays.
{{ config(pre_hook="{{ replace_scope() }}") }}
-- depends_on: {{ ref('int_periods__scope_months') }}
select
    org,
    invoice_month,
    invoice_id,
    line_id,
    charge_code,
    division,
    department,
    cost_center,
    users,
    currency,
    amount
from {{ ref('int_invoicing__cost_shares') }}
