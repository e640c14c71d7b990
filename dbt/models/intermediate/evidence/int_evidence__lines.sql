-- Grain: one row per invoice line and piece of evidence: a user, a session, a day, a number,
-- a device, the calls of a day, another line, a contract entry, what is taken off, a rounding.
-- Rule: INV-6 (the evidence of a line can be listed and adds up to it exactly).
-- Guarantees: the quantities add up to the line's quantity; where the line's amount is no quantity
-- × rate (VOX-6), the amounts add up to its amount, and the last cent is a row of its own. Of an
-- issued line, what its inputs give otherwise since is a row of its own as well.
-- Forbids: a line without evidence; a count made here: every piece is a rule model's own row.
{{ config(materialized='view') }}
with

lines as (

    select
        invoice_lines.*,
        issued_invoices.invoice_id is not null as is_issued,
        row_number() over (
            partition by
                invoice_lines.invoice_id,
                invoice_lines.charge_code,
                invoice_lines.service_start
            order by
                {{ section_order('invoice_lines.section') }},
                invoice_lines.description,
                invoice_lines.quantity,
                invoice_lines.rate,
                invoice_lines.amount
        ) as number_in_key
    from {{ ref('int_invoicing__lines') }} as invoice_lines
    left join {{ ref('stg_ops__issued_invoices') }} as issued_invoices
        on invoice_lines.invoice_id = issued_invoices.invoice_id

),

candidates as (

    select * from {{ ref('int_invoicing__candidates') }}

),

contract_taxes as (

    select * from {{ ref('stg_contracts__taxes') }}

),

organizations as (

    select * from {{ ref('stg_contracts__organizations') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

charge_pieces as (

    {% for family in [
        'int_evidence__on_demand',
        'int_evidence__contract_items',
        'int_evidence__overages',
        'int_evidence__calls',
        'int_evidence__numbers_and_devices',
        'int_evidence__fees',
        'int_evidence__adjustments',
    ] %}
        select {{ evidence_columns() | join(', ') }}
        from {{ ref(family) }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

pieces_of_charges as (

    select
        lines.line_id,
        charge_pieces.evidence,
        charge_pieces.subject,
        charge_pieces.usage_date,
        charge_pieces.quantity,
        -- what is not priced (CON-11, CON-12) has no amount to add up to, whatever the calls cost
        case when lines.amount is not null then charge_pieces.amount end as amount,
        charge_pieces.reported,
        charge_pieces.file_id,
        charge_pieces.line_number,
        charge_pieces.detail
    from lines
    inner join charge_pieces
        on
            lines.org = charge_pieces.org
            and lines.invoice_kind = charge_pieces.invoice_kind
            and lines.invoice_key = charge_pieces.invoice_key
            and lines.charge_code = charge_pieces.charge_code
            and lines.service_start = charge_pieces.service_start
            and lines.number_in_key = charge_pieces.number_in_key

),

pieces_of_taxes as (

    select
        tax_lines.line_id,
        'line' as evidence,
        taxed_lines.line_id as subject,
        null::date as usage_date,
        taxed_lines.amount::decimal(18, 6) as quantity,
        null::decimal(38, 6) as amount,
        null::decimal(18, 6) as reported,
        null as file_id,
        null::bigint as line_number,
        'amount of the line' as detail
    from lines as tax_lines
    inner join candidates
        on tax_lines.invoice_id = candidates.invoice_id
    inner join contract_taxes
        on
            candidates.org = contract_taxes.org
            and candidates.contract_version = contract_taxes.version
            and tax_lines.charge_code = 'tax.' || contract_taxes.name_slug
    inner join lines as taxed_lines
        on
            tax_lines.invoice_id = taxed_lines.invoice_id
            and (
                contract_taxes.sections is null
                or list_contains(contract_taxes.sections, taxed_lines.section)
            )
    where
        not starts_with(taxed_lines.charge_code, 'tax.')
        and taxed_lines.adjusted_invoice_id is null
        and taxed_lines.amount is not null

),

counted_pieces as (

    select * from pieces_of_charges
    union all
    select * from pieces_of_taxes

),

sums as (

    select
        lines.line_id,
        sum(counted_pieces.amount) as amount,
        -- an issued line does not change with its evidence, whatever came after
        any_value(lines.quantity) - coalesce(sum(counted_pieces.quantity), 0) as quantity_since,
        case
            when any_value(lines.rate) is null
                then any_value(lines.amount) - coalesce(sum(counted_pieces.amount), 0)
        end as amount_since,
        any_value(lines.is_issued) as is_issued,
        any_value(lines.minor_units) as minor_units,
        any_value(coalesce(lines.adjusted_invoice_id, lines.invoice_id)) as invoice_id
    from lines
    left join counted_pieces
        on lines.line_id = counted_pieces.line_id
    group by lines.line_id

),

changes_since as (

    select
        line_id,
        invoice_id,
        quantity_since,
        case
            when abs(amount_since) >= {{ unit_per_minor_unit('minor_units') }} then amount_since
        end as amount_since
    from sums
    where
        is_issued
        and (
            quantity_since <> 0
            or abs(amount_since) >= {{ unit_per_minor_unit('minor_units') }}
        )

),

pieces as (

    select * from counted_pieces
    union all
    select
        line_id,
        'adjustment' as evidence,
        invoice_id as subject,
        null::date as usage_date,
        quantity_since::decimal(18, 6) as quantity,
        amount_since::decimal(38, 6) as amount,
        null::decimal(18, 6) as reported,
        null as file_id,
        null::bigint as line_number,
        'what the inputs of this issued line give otherwise since it was issued (INV-3)' as detail
    from changes_since
    union all
    select
        lines.line_id,
        'rounding' as evidence,
        'amount of the line' as subject,
        null::date as usage_date,
        0::decimal(18, 6) as quantity,
        (lines.amount - sums.amount)::decimal(38, 6) as amount,
        null::decimal(18, 6) as reported,
        null as file_id,
        null::bigint as line_number,
        'the costs of the calls are rounded once, for the line (VOX-6)' as detail
    from lines
    inner join sums
        on lines.line_id = sums.line_id
    left join changes_since
        on lines.line_id = changes_since.line_id
    where
        lines.amount <> sums.amount
        and changes_since.amount_since is null

)

select
    lines.org,
    lines.invoice_month,
    lines.invoice_id,
    lines.line_id,
    lines.charge_code,
    row_number() over (
        partition by lines.line_id
        order by
            {{ evidence_order('pieces.evidence') }},
            pieces.usage_date,
            pieces.subject,
            pieces.file_id,
            pieces.line_number,
            pieces.quantity desc
    ) as evidence_number,
    pieces.evidence,
    pieces.subject,
    pieces.usage_date,
    pieces.quantity::decimal(18, 6) as quantity,
    lines.unit,
    pieces.amount::decimal(18, 6) as amount,
    case when pieces.amount is not null then lines.currency end as currency,
    pieces.reported,
    pieces.file_id,
    case
        when pieces.evidence in ('contract', 'commitment') then organizations.path
        else files.path
    end as path,
    pieces.line_number,
    pieces.detail
from lines
inner join pieces
    on lines.line_id = pieces.line_id
inner join organizations
    on lines.org = organizations.org
left join files
    on pieces.file_id = files.file_id
