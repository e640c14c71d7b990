-- Grain: one row per organization and invoice month of the run.
-- Invariant: A tax is its rate on the amounts of its sections, fees included and other taxes not,
-- rounded once. (TAX-1, for order invoices too)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

taxes as (

    select * from {{ ref('stg_contracts__taxes') }}

),

bases as (

    select
        lines.org,
        lines.invoice_month,
        lines.invoice_id,
        lines.minor_units,
        taxes.position,
        taxes.rate,
        sum(lines.amount)::decimal(38, 6) as base
    from lines
    inner join taxes
        on
            lines.org = taxes.org
            and lines.contract_version = taxes.version
            and (taxes.sections is null or list_contains(taxes.sections, lines.section))
    where lines.charge_family <> 'tax'
    group by
        lines.org,
        lines.invoice_month,
        lines.invoice_id,
        lines.minor_units,
        taxes.position,
        taxes.rate

),

owed as (

    select
        org,
        invoice_month,
        sum({{ round_money('base::decimal(38, 6) * rate', 'minor_units') | indent(4) }}) as tax
    from bases
    group by org, invoice_month

),

billed as (

    select
        org,
        invoice_month,
        sum(amount) as tax
    from lines
    where charge_family = 'tax'
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        owed.tax as expected,
        billed.tax as actual
    from scope
    left join owed
        on
            scope.org = owed.org
            and scope.invoice_month = owed.invoice_month
    left join billed
        on
            scope.org = billed.org
            and scope.invoice_month = billed.invoice_month

)

{{ figures_agree(
    'invoicing.tax_rests_on_its_sections',
    'rates on the amounts of their sections, and the tax lines'
) }}
