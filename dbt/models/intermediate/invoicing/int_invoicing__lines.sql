-- Grain: one row per invoice line.
-- Rule: INV-1 (lines stand by section, then by charge code).
-- Guarantees: the lines of an issued invoice are those of the book, whatever is computed now
-- (INV-3); a line id is unique and made of the invoice and the charge code; a second line of one
-- charge code on an invoice (arrears beside advance, two taxes of one name) carries its number.
-- Forbids: merging two charges into one line.
with

candidates as (

    select * from {{ ref('int_invoicing__candidates') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

issued_lines as (

    select * from {{ ref('stg_ops__issued_lines') }}

),

adjustments as (

    -- what was issued in another currency cannot be adjusted: it holds (carried_failures)
    select adjustments.*
    from {{ ref('int_invoicing__adjustments') }} as adjustments
    inner join candidates
        on
            adjustments.invoice_id = candidates.invoice_id
            and adjustments.currency = candidates.currency

),

lines as (

    {% for part in ['int_invoicing__priced_lines', 'int_invoicing__fees', 'int_invoicing__taxes'] %}
        select
            {{ line_columns() | join(', ') }},
            null::varchar as adjusted_invoice_id
        from {{ ref(part) }}
        union all
    {% endfor %}
    select
        {{ line_columns() | join(',\n        ') }},
        adjusted_invoice_id
    from adjustments

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
        ) as line_number
    from lines
    inner join candidates
        on
            lines.org = candidates.org
            and lines.invoice_kind = candidates.invoice_kind
            and lines.invoice_key = candidates.invoice_key
    where candidates.is_issued is not true

),

named as (

    select
        *,
        row_number() over (partition by invoice_id, charge_code order by line_number)
            as number_in_code
    from numbered

)

select
    invoice_id,
    invoice_id || ':' || charge_code
    || case when number_in_code = 1 then '' else ':' || number_in_code end as line_id,
    line_number::integer as line_number,
    {{ line_columns() | join(',\n    ') }},
    currency,
    minor_units,
    adjusted_invoice_id
from named
union all
select
    issued_lines.invoice_id,
    issued_lines.line_id,
    issued_lines.line_number,
    issued_lines.org,
    issued_lines.invoice_month,
    issued_invoices.invoice_kind,
    issued_invoices.period_start as invoice_key,
    issued_lines.section,
    issued_lines.charge_code,
    issued_lines.description,
    issued_lines.service_start,
    issued_lines.service_end,
    issued_lines.quantity,
    issued_lines.unit,
    issued_lines.rate,
    issued_lines.amount,
    false as is_unpriced,
    issued_lines.rule_id,
    issued_lines.currency,
    issued_invoices.minor_units,
    issued_lines.adjusted_invoice_id
from issued_lines
inner join issued_invoices
    on issued_lines.invoice_id = issued_invoices.invoice_id
inner join scope_months
    on
        issued_lines.org = scope_months.org
        and issued_lines.invoice_month = scope_months.invoice_month
