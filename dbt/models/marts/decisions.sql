-- Grain: one row per organization and invoice month with an invoice of ours or of the vendor's.
-- What to do with the vendor's invoice: pay it, or dispute how much of it; or what is in the way.
-- Guarantees: payable + disputed = the vendor's total. What the vendor bills too little is not set
-- off against what it bills too much; matched rows (REC-3) are never disputed.
-- Forbids: a verdict on a held invoice or an estimate; a sum over two currencies (a row in another
-- currency than the contract's is disputed as a whole).
{{ config(pre_hook="{{ replace_scope() }}") }}
with

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

invoices as (

    select * from {{ ref('invoices') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

ours as (

    select
        org,
        invoice_month,
        count(*) as invoices,
        max(currency) as currency,
        min(period_start) filter (where invoice_kind = 'period') as period_start,
        max(period_end) filter (where invoice_kind = 'period') as period_end,
        max(estimate_through) as estimate_through,
        sum(total) as our_total,
        bool_or(status = 'held') as is_held,
        list_sort(list_distinct(flatten(list(hold_reasons)))) as hold_reasons
    from invoices
    group by org, invoice_month

),

compared as (

    select
        *,
        vendor_currency <> currency as is_other_currency,
        status in ('matched', 'not_comparable') as is_settled
    from reconciliation

),

theirs as (

    select
        org,
        invoice_month,
        max(currency) as currency,
        -- a row may be of several of the vendor's invoices, named with commas
        array_to_string(
            list_sort(
                list_distinct(
                    flatten(
                        list(string_split(vendor_invoice_number, ', '))
                        filter (where vendor_invoice_number is not null)
                    )
                )
            ),
            ', '
        ) as vendor_invoice_numbers,
        count(*) as compared_rows,
        count(*) filter (where status = 'matched') as matched_rows,
        count(*) filter (where status = 'not_comparable') as not_comparable_rows,
        bool_or(is_other_currency) as has_other_currency,
        coalesce(sum(expected_amount), 0) as expected_total,
        coalesce(sum(vendor_amount), 0) as vendor_total,
        sum(
            case
                when is_settled then 0
                when is_other_currency then vendor_amount
                else greatest(amount_variance, 0)
            end
        ) as disputed_amount,
        sum(
            case
                when is_settled or is_other_currency then 0
                else greatest(-amount_variance, 0)
            end
        ) as underbilled_amount,
        coalesce(sum(vendor_amount) filter (where status = 'not_comparable'), 0)
            as not_comparable_amount
    from compared
    group by org, invoice_month

),

months as (

    select
        org,
        invoice_month
    from ours
    union
    select
        org,
        invoice_month
    from theirs

)

select
    months.org,
    months.invoice_month,
    coalesce(ours.currency, theirs.currency) as currency,
    ours.period_start,
    ours.period_end,
    coalesce(ours.invoices, 0)::bigint as invoices,
    ours.estimate_through,
    coalesce(ours.hold_reasons, []::varchar[]) as hold_reasons,
    case
        when ours.is_held then 'held'
        when ours.estimate_through is not null then 'estimate'
        when theirs.org is null then 'no_vendor_invoice'
        when theirs.disputed_amount > 0 then 'dispute'
        when theirs.not_comparable_rows = theirs.compared_rows then 'not_comparable'
        else 'pay'
    end as decision,
    theirs.vendor_invoice_numbers,
    ours.our_total::decimal(18, 2) as our_total,
    theirs.expected_total::decimal(18, 2) as expected_total,
    theirs.vendor_total::decimal(18, 6) as vendor_total,
    (theirs.vendor_total - theirs.expected_total)::decimal(18, 6) as difference,
    theirs.disputed_amount::decimal(18, 6) as disputed_amount,
    (theirs.vendor_total - theirs.disputed_amount)::decimal(18, 6) as payable_amount,
    theirs.underbilled_amount::decimal(18, 6) as underbilled_amount,
    theirs.not_comparable_amount::decimal(18, 6) as not_comparable_amount,
    coalesce(theirs.compared_rows, 0)::bigint as compared_rows,
    coalesce(theirs.matched_rows, 0)::bigint as matched_rows,
    coalesce(theirs.has_other_currency, false) as has_other_currency
from months
inner join scope_months
    on
        months.org = scope_months.org
        and months.invoice_month = scope_months.invoice_month
left join ours
    on
        months.org = ours.org
        and months.invoice_month = ours.invoice_month
left join theirs
    on
        months.org = theirs.org
        and months.invoice_month = theirs.invoice_month
