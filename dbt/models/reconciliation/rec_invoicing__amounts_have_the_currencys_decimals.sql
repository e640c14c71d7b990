-- Grain: one row per organization and invoice month of the run.
-- Invariant: An amount has no more decimals than its currency. PAY-3: a yen has none.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

lines as (

    select * from {{ ref('reconciliation_shown_lines') }}

),

examined as (

    select
        org,
        invoice_month,
        line_id as subject,
        amount is null or amount = {{ round_money('amount', 'minor_units') | indent(4) }} as holds
    from lines

)

{{ every_row_holds('invoicing.amounts_have_the_currencys_decimals') }}
