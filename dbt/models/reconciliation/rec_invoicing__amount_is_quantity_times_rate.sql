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

examined as (

    select
        org,
        invoice_month,
        line_id as subject,
        case
            when rate is not null
                then amount = {{ line_amount('quantity', 'rate', 'minor_units') | indent(12) }}
            else amount is null or charge_code in (
                    select 'telco.' || telco_charges.service || '.' || telco_charges.market
                    from telco_charges
                    where
                        telco_charges.org = lines.org
                        and telco_charges.invoice_month = lines.invoice_month
                )
        end as holds
    from lines

)

{{ every_row_holds('invoicing.amount_is_quantity_times_rate') }}
