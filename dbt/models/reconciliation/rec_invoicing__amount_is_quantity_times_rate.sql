-- Grain: one row per organization and invoice month of the run.
-- Invariant: The amount of a line is its quantity times its rate, rounded once; without a rate it
-- is null, but for the blended lines of calls. INV-2, CON-11: null is not 0.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

telco_charges as (

    select * from {{ ref('telco_charges') }}

),

blended as (

    select
        org,
        invoice_month,
        'telco.' || service || '.' || market as charge_code
    from telco_charges
    group by org, invoice_month, service, market

),

examined as (

    select
        lines.org,
        lines.invoice_month,
        lines.line_id as subject,
        case
            when lines.rate is not null
                then lines.amount = {{ round_money(
                    'lines.quantity::decimal(38, 6) * lines.rate', 'lines.minor_units'
                ) | indent(12) }}
            else lines.amount is null or blended.charge_code is not null
        end as holds
    from lines
    left join blended
        on
            lines.org = blended.org
            and lines.invoice_month = blended.invoice_month
            and lines.charge_code = blended.charge_code

)

{{ every_row_holds('invoicing.amount_is_quantity_times_rate') }}
