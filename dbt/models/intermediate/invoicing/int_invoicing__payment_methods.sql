-- Grain: one row per invoice that was ever computed, of this run and of the runs before.
-- Rule: PAY-2 (ACH, wire and check always; online in US and CA; by card only up to the limit of the
-- invoice and the customer's limit of the calendar month of the invoice date).
-- Guarantees: invoices of a customer take their turn by invoice date, then id; an offer made in an
-- earlier run stands and counts, an issued invoice's for good (INV-3); the limits are nominal in
-- the invoice's currency.
-- Forbids: a card for an invoice without a total.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ replace_scope() }}",
) }}
{% set offered_so_far -%}
    (offers.offered_before + case when offers.is_card_offered then offers.total else 0 end)
{%- endset %}
-- depends_on: {{ ref('int_periods__scope_months') }}
with recursive

invoices as (

    select * from {{ ref('int_invoicing__invoices') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

known_invoices as (

    select
        org,
        invoice_month,
        invoice_id,
        customer,
        country,
        invoice_date,
        total,
        list_contains(payment_methods, 'card') as was_card_offered
    from issued_invoices
    union all
    select
        org,
        invoice_month,
        invoice_id,
        customer,
        country,
        invoice_date,
        total,
        null::boolean as was_card_offered
    from invoices
    where invoice_id not in (select issued_invoices.invoice_id from issued_invoices)
    {% if is_incremental() %}
        union all
        select
            org,
            invoice_month,
            invoice_id,
            customer,
            country,
            invoice_date,
            total,
            is_card_offered as was_card_offered
        from {{ this }}
        where invoice_id not in (select issued_invoices.invoice_id from issued_invoices)
    {% endif %}

),

customer_months as (

    select
        customer,
        date_trunc('month', invoice_date) as card_month
    from invoices
    group by customer, date_trunc('month', invoice_date)

),

in_turn as materialized (

    select
        known_invoices.*,
        customer_months.card_month,
        known_invoices.country in ('US', 'CA') as is_online,
        {{ rule_constant('card_invoice_limit', 'known_invoices.invoice_date') }} as invoice_limit,
        {{ rule_constant('card_month_limit', 'known_invoices.invoice_date') }} as month_limit,
        row_number() over (
            partition by known_invoices.customer, customer_months.card_month
            order by known_invoices.invoice_date, known_invoices.invoice_id
        ) as turn
    from known_invoices
    inner join customer_months
        on
            known_invoices.customer = customer_months.customer
            and date_trunc('month', known_invoices.invoice_date) = customer_months.card_month

),

before_first as (

    select
        customer,
        card_month,
        0::bigint as turn,
        null::varchar as invoice_id,
        null::decimal(18, 2) as total,
        false as is_card_offered,
        0::decimal(38, 2) as offered_before
    from customer_months

),

offers as (

    select * from before_first
    union all
    select
        in_turn.customer,
        in_turn.card_month,
        in_turn.turn,
        in_turn.invoice_id,
        in_turn.total,
        coalesce(
            in_turn.was_card_offered,
            in_turn.is_online
            and in_turn.total <= in_turn.invoice_limit
            and {{ offered_so_far }} + in_turn.total <= in_turn.month_limit,
            false
        ) as is_card_offered,
        {{ offered_so_far }}::decimal(38, 2) as offered_before
    from offers
    inner join in_turn
        on
            offers.customer = in_turn.customer
            and offers.card_month = in_turn.card_month
            and offers.turn + 1 = in_turn.turn

)

select
    invoices.org,
    invoices.invoice_month,
    invoices.invoice_id,
    invoices.customer,
    invoices.country,
    invoices.invoice_date,
    invoices.total,
    offers.is_card_offered,
    coalesce(
        issued_invoices.payment_methods,
        list_concat(
            ['ach', 'wire', 'check'],
            case when invoices.country in ('US', 'CA') then ['online_ach'] else [] end,
            case when offers.is_card_offered then ['card'] else [] end
        )
    ) as payment_methods
from invoices
inner join offers
    on invoices.invoice_id = offers.invoice_id
left join issued_invoices
    on invoices.invoice_id = issued_invoices.invoice_id
