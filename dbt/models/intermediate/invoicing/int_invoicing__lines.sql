-- Grain: one row per invoice line.
-- Rule: INV-1 (lines stand by section, then by charge code).
-- Guarantees: a line id is unique and made of the invoice and the charge code; a second line of one
-- charge code on an invoice (arrears beside advance, two taxes of one name) carries its number.
-- Forbids: merging two charges into one line.
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

),

numbered as (

    select
        lines.*,
        candidates.invoice_id,
        candidates.currency,
        candidates.minor_units,
        row_number() over (
            partition by candidates.invoice_id
            order by
                {{ section_order('lines.section') }},
                lines.charge_code,
                lines.service_start,
                lines.description,
                lines.quantity,
                lines.rate,
                lines.amount
        ) as line_number,
        row_number() over (
            partition by candidates.invoice_id, lines.charge_code
            order by
                {{ section_order('lines.section') }},
                lines.service_start,
                lines.description,
                lines.quantity,
                lines.rate,
                lines.amount
        ) as number_in_code
    from lines
    inner join candidates
        on
            lines.org = candidates.org
            and lines.invoice_kind = candidates.invoice_kind
            and lines.invoice_key = candidates.invoice_key

)

select
    invoice_id,
    invoice_id || ':' || charge_code
    || case when number_in_code = 1 then '' else ':' || number_in_code end as line_id,
    line_number::integer as line_number,
    {{ line_columns() | join(',\n    ') }},
    currency,
    minor_units
from numbered
