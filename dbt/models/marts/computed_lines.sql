-- Grain: one row per line of an invoice as the inputs give it now, issued ones included.
-- Supports INV-3: what an issued invoice would say today is kept beside what it says.
-- Guarantees: the lines without adjustments, as computed last; history outside the run's scope
-- stays. What nobody issued and nothing adjusts is the same in invoice_lines.
{{ config(pre_hook="{{ replace_scope() }}") }}
-- depends_on: {{ ref('int_periods__scope_months') }}
with

candidates as (

    select * from {{ ref('int_invoicing__candidates') }}

),

lines as (

    {% for part in ['int_invoicing__priced_lines', 'int_invoicing__fees', 'int_invoicing__taxes'] %}
        select {{ line_columns() | join(', ') }}
        from {{ ref(part) }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

)

select
    candidates.invoice_id,
    lines.org,
    lines.invoice_month,
    lines.invoice_kind,
    candidates.invoice_date,
    candidates.contract_version,
    lines.section,
    lines.charge_code,
    lines.description,
    lines.service_start,
    lines.service_end,
    lines.quantity,
    lines.unit,
    lines.rate,
    lines.amount,
    candidates.currency,
    lines.rule_id
from lines
inner join candidates
    on
        lines.org = candidates.org
        and lines.invoice_kind = candidates.invoice_kind
        and lines.invoice_key = candidates.invoice_key
