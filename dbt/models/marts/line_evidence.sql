-- Grain: one row per invoice line and piece of evidence.
-- Guarantees: the pieces of a line add up to its quantity, and where its amount is no quantity ×
-- rate to its amount (INV-6); history outside the run's scope stays.
{{ config(
    pre_hook=["{{ replace_scope() }}", "{{ projections_as_written() }}"],
    post_hook="{{ planned_as_usual() }}"
) }}
-- depends_on: {{ ref('int_periods__scope_months') }}
select
    org,
    invoice_month,
    invoice_id,
    line_id,
    charge_code,
    evidence_number,
    evidence,
    subject,
    usage_date,
    quantity,
    unit,
    amount,
    currency,
    reported,
    file_id,
    path,
    line_number,
    detail
from {{ ref('int_evidence__lines') }}
