-- Grain: one row per organization, period, service period start, charge key and cause.
-- Guarantees: the causes of a row of marts.reconciliation add up to its amount variance exactly;
-- history outside the run's scope stays.
{{ config(pre_hook="{{ replace_scope() }}") }}
-- depends_on: {{ ref('int_periods__scope_months') }}
select
    org,
    invoice_month,
    period_start,
    service_start,
    charge_key,
    cause,
    amount,
    detail,
    currency
from {{ ref('int_causes__chosen') }}
