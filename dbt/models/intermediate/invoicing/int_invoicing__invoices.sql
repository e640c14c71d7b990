-- Grain: one row per invoice of this run.
-- Rules: INV-5 (no invoice without a line or a hold), INV-7 (status: held over usage_only over
-- draft; total is null if all lines are).
-- Guarantees: an issued invoice is as the book has it (INV-3); subtotal + tax = total = the sum of
-- the line amounts; fees are in the subtotal.
-- Forbids: a check that holds an order invoice: only a line of its own without a rate does.
with

candidates as (

    select * from {{ ref('int_invoicing__candidates') }}

),

lines as (

    select * from {{ ref('int_invoicing__lines') }}

),

check_failures as (

    select * from {{ ref('int_invoicing__check_failures') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

carried_failures as (

    select * from {{ ref('int_invoicing__carried_failures') }}

),

sums as (

    select
        invoice_id,
        sum(amount) as total,
        sum(amount) filter (where starts_with(charge_code, 'tax.')) as tax,
        bool_or(is_unpriced) as has_unpriced_line
    from lines
    group by invoice_id

),

period_holds as (

    select
        org,
        period_start,
        list(check_name) as hold_reasons
    from check_failures
    where severity = 'error'
    group by org, period_start

),

carried_holds as (

    select
        invoice_id,
        list(check_name) as hold_reasons
    from carried_failures
    group by invoice_id

),

held as (

    select
        candidates.*,
        sums.total,
        sums.tax,
        sums.invoice_id is not null as has_lines,
        list_sort(
            list_distinct(
                list_concat(
                    case
                        when candidates.invoice_kind = 'period' then period_holds.hold_reasons
                        when sums.has_unpriced_line then ['unpriced_usage']
                    end,
                    carried_holds.hold_reasons
                )
            )
        )::varchar[] as hold_reasons
    from candidates
    left join sums
        on candidates.invoice_id = sums.invoice_id
    left join period_holds
        on
            candidates.org = period_holds.org
            and candidates.period_start = period_holds.period_start
    left join carried_holds
        on candidates.invoice_id = carried_holds.invoice_id
    where candidates.is_issued is not true

)

select
    invoice_id,
    null::varchar as invoice_number,
    org,
    customer,
    invoice_kind,
    estimate_through,
    invoice_month,
    invoice_date,
    due_date,
    period_start,
    period_end,
    contract_version,
    country,
    currency,
    case
        when not has_lines then 0
        else total - coalesce(tax, 0)
    end::decimal(18, 2) as subtotal,
    case
        when not has_lines then 0
        when total is not null then coalesce(tax, 0)
    end::decimal(18, 2) as tax,
    case when not has_lines then 0 else total end::decimal(18, 2) as total,
    case
        when len(hold_reasons) > 0 then 'held'
        when total is null then 'usage_only'
        else 'draft'
    end as status,
    hold_reasons
from held
where has_lines or len(hold_reasons) > 0
union all
select
    issued_invoices.invoice_id,
    issued_invoices.invoice_number,
    issued_invoices.org,
    issued_invoices.customer,
    issued_invoices.invoice_kind,
    null::date as estimate_through,
    issued_invoices.invoice_month,
    issued_invoices.invoice_date,
    issued_invoices.due_date,
    issued_invoices.period_start,
    issued_invoices.period_end,
    issued_invoices.contract_version,
    issued_invoices.country,
    issued_invoices.currency,
    issued_invoices.subtotal,
    issued_invoices.tax,
    issued_invoices.total,
    'issued' as status,
    []::varchar[] as hold_reasons
from issued_invoices
inner join scope_months
    on
        issued_invoices.org = scope_months.org
        and issued_invoices.invoice_month = scope_months.invoice_month
