-- Grain: one row per invoice line and piece of evidence: a user, a session, a day, a number,
-- a device, the calls of a day, another line, a contract entry, what is taken off, a rounding.
-- Rule: INV-6 (the evidence of a line can be listed and adds up to it exactly).
-- Guarantees: the quantities add up to the line's quantity; where the line's amount is no quantity
-- × rate (VOX-6), the amounts add up to its amount, and the last cent is a row of its own.
-- Forbids: a line without evidence; a count made here: every piece is a rule model's own row.
{{ config(materialized='view') }}
with

lines as (

    select
        *,
        row_number() over (
            partition by invoice_id, charge_code, service_start
            order by {{ section_order('section') }}, description, quantity, rate, amount
        ) as number_in_key
    from {{ ref('int_invoicing__lines') }}

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
        charge_pieces.amount,
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
        and taxed_lines.amount is not null

),

counted_pieces as (

    select * from pieces_of_charges
    union all
    select * from pieces_of_taxes

),

amounts as (

    select
        line_id,
        sum(amount) as amount
    from counted_pieces
    group by line_id

),

pieces as (

    select * from counted_pieces
    union all
    select
        lines.line_id,
        'rounding' as evidence,
        'amount of the line' as subject,
        null::date as usage_date,
        0::decimal(18, 6) as quantity,
        (lines.amount - amounts.amount)::decimal(38, 6) as amount,
        null::decimal(18, 6) as reported,
        null as file_id,
        null::bigint as line_number,
        'the costs of the calls are rounded once, for the line (VOX-6)' as detail
    from lines
    inner join amounts
        on lines.line_id = amounts.line_id
    where lines.amount <> amounts.amount

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
