-- Grain: one row per order date and item, as a charge.
-- Rules: CON-4 (annual_prepay: the whole term on the order invoice of the effective date, also with
-- a ramp, and again on the day each new term starts); a raise within a term follows from CON-14.
-- Guarantees: a term is prepaid once, by the contract in force on the order date: on the effective
-- date, or on its first day if it renews or becomes annual_prepay; a raise adds the difference for
-- the months that are left, all of them in the ramp, which belongs to the first term.
-- Forbids: a prepay for a term whose first period is not in force; money back for a lower
-- commitment.
{{ config(materialized='view') }}
with

organizations as (

    select * from {{ ref('stg_contracts__organizations') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

periods_in_force as (

    select
        periods.org,
        periods.period_index,
        periods.period_start,
        periods.phase,
        coalesce(periods.term_index, 0) as term_index,
        coalesce(
            periods.term_start,
            (organizations.effective_date + to_months(organizations.ramp_months))::date
        ) as term_start,
        coalesce(
            periods.next_term_start,
            (
                organizations.effective_date
                + to_months(organizations.ramp_months + organizations.term_months)
            )::date
        ) as next_term_start,
        case
            when periods.phase = 'ramp' then organizations.term_months
            else
                organizations.term_months
                - (periods.period_index - organizations.ramp_months) % organizations.term_months
        end as months_to_serve,
        periods.contract_version,
        versions.subscription
    from periods
    inner join organizations
        on periods.org = organizations.org
    inner join versions
        on
            periods.org = versions.org
            and periods.contract_version = versions.version
    where periods.is_in_force

),

prepaid_on_effective_date as (

    select
        period_zero.org,
        period_zero.term_index,
        period_zero.period_start as order_date,
        period_zero.term_start,
        period_zero.next_term_start,
        period_zero.months_to_serve,
        period_zero.contract_version
    from periods_in_force as period_zero
    inner join periods_in_force as first_of_term
        on
            period_zero.org = first_of_term.org
            and period_zero.term_start = first_of_term.period_start
    where
        period_zero.period_index = 0
        and period_zero.subscription = 'annual_prepay'

),

prepaid_on_first_day as (

    select
        first_of_term.org,
        first_of_term.term_index,
        first_of_term.period_start as order_date,
        first_of_term.term_start,
        first_of_term.next_term_start,
        first_of_term.months_to_serve,
        first_of_term.contract_version
    from periods_in_force as first_of_term
    left join prepaid_on_effective_date
        on
            first_of_term.org = prepaid_on_effective_date.org
            and first_of_term.term_index = prepaid_on_effective_date.term_index
    where
        first_of_term.period_start = first_of_term.term_start
        and first_of_term.subscription = 'annual_prepay'
        and prepaid_on_effective_date.org is null

),

prepaid_terms as (

    select * from prepaid_on_effective_date
    union all
    select * from prepaid_on_first_day

),

commitments_of_terms as (

    select
        prepaid_terms.org,
        prepaid_terms.order_date,
        prepaid_terms.term_start as service_start,
        prepaid_terms.next_term_start,
        prepaid_terms.months_to_serve,
        prepaid_terms.contract_version,
        items.item_kind,
        items.item,
        items.committed,
        'CON-4' as rule_id
    from prepaid_terms
    inner join items
        on
            prepaid_terms.org = items.org
            and prepaid_terms.contract_version = items.version

),

raises as (

    select
        amended.org,
        amended.period_start as order_date,
        greatest(amended.period_start, amended.term_start) as service_start,
        amended.next_term_start,
        amended.months_to_serve,
        amended.contract_version,
        items.item_kind,
        items.item,
        items.committed - coalesce(former_items.committed, 0) as committed,
        'CON-14' as rule_id
    from periods_in_force as amended
    inner join periods_in_force as former
        on
            amended.org = former.org
            and amended.period_index = former.period_index + 1
    inner join prepaid_terms
        on
            amended.org = prepaid_terms.org
            and amended.term_index = prepaid_terms.term_index
            and amended.period_start > prepaid_terms.order_date
    inner join items
        on
            amended.org = items.org
            and amended.contract_version = items.version
    left join items as former_items
        on
            former.org = former_items.org
            and former.contract_version = former_items.version
            and items.item_kind = former_items.item_kind
            and items.item = former_items.item
    where amended.contract_version <> former.contract_version

),

orders as (

    select * from commitments_of_terms
    union all
    select * from raises

)

select
    orders.org,
    scope_months.invoice_month,
    'order' as invoice_kind,
    orders.order_date as invoice_key,
    null::date as charged_period_start,
    null::varchar as section,
    items.charge_prefix || '.prepay' as charge_code,
    items.title || ' - Prepay' as description,
    orders.service_start,
    (orders.next_term_start - 1)::date as service_end,
    (orders.committed * orders.months_to_serve)::decimal(18, 6) as quantity,
    items.unit,
    items.prepay_rate as rate,
    false as is_given_amount,
    null::decimal(38, 6) as given_amount,
    items.is_billed_in_ramp,
    orders.rule_id
from orders
inner join scope_months
    on
        orders.org = scope_months.org
        and date_trunc('month', orders.order_date)::date = scope_months.invoice_month
inner join items
    on
        orders.org = items.org
        and orders.contract_version = items.version
        and orders.item_kind = items.item_kind
        and orders.item = items.item
where orders.committed > 0
