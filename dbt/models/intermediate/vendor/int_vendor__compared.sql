-- Grain: one row per organization, invoice month, period, service period start and charge key.
-- Rule: REC-3 (the status of each comparison).
-- Guarantees: every line of ours and every line of the vendor's is in exactly one row; a variance
-- is the vendor's figure minus ours.
-- Forbids: comparing an amount that we do not know with one that the vendor shows.
with

mapped_lines as (

    select * from {{ ref('int_vendor__mapped_lines') }}

),

line_keys as (

    select * from {{ ref('int_vendor__line_keys') }}

),

ranges as (

    select * from {{ ref('int_vendor__ranges') }}

),

currencies as (

    select * from {{ ref('stg_catalogue__currencies') }}

),

expected as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        count(*) as expected_lines,
        string_agg(distinct description, ', ' order by description) as description,
        min(currency) as currency,
        sum(quantity)::decimal(18, 6) as quantity,
        case when count(distinct rate) = 1 and count(rate) = count(*) then min(rate) end as rate,
        -- one line without an amount, and the sum is unknown
        case when count(amount) = count(*) then sum(amount) end::decimal(18, 2) as amount,
        case when count(amount) = count(*) then sum(exact_amount) end::decimal(38, 6)
            as exact_amount,
        bool_and(charge_code = 'telco.short_calls') as is_short_calls,
        bool_and(starts_with(charge_code, 'tax.')) as is_tax
    from line_keys
    group by org, invoice_month, period_start, service_start, charge_key

),

billed as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        count(*) as vendor_lines,
        string_agg(distinct vendor_invoice_number, ', ' order by vendor_invoice_number)
            as vendor_invoice_number,
        string_agg(distinct currency, ', ' order by currency) as currency,
        min(expected_currency) as expected_currency,
        string_agg(distinct description, ', ' order by description) as description,
        list_sort(list_distinct(flatten(list(nearest_descriptions)))) as nearest_descriptions,
        sum(quantity)::decimal(18, 6) as quantity,
        case when count(distinct rate) = 1 and count(rate) = count(*) then min(rate) end as rate,
        sum(amount)::decimal(18, 6) as amount
    from mapped_lines
    group by org, invoice_month, period_start, service_start, charge_key

),

paired as (

    select
        coalesce(expected.org, billed.org) as org,
        coalesce(expected.invoice_month, billed.invoice_month) as invoice_month,
        coalesce(expected.period_start, billed.period_start) as period_start,
        coalesce(expected.service_start, billed.service_start) as service_start,
        coalesce(expected.charge_key, billed.charge_key) as charge_key,
        billed.vendor_invoice_number,
        expected.description as expected_description,
        billed.description as vendor_description,
        billed.nearest_descriptions,
        coalesce(billed.vendor_lines, 0) as vendor_lines,
        coalesce(expected.expected_lines, 0) as expected_lines,
        coalesce(expected.currency, billed.expected_currency) as currency,
        billed.currency as vendor_currency,
        expected.quantity as expected_quantity,
        expected.rate as expected_rate,
        expected.amount as expected_amount,
        expected.exact_amount,
        coalesce(expected.is_short_calls, false) as is_short_calls,
        coalesce(expected.is_tax, false) as is_tax,
        billed.quantity as vendor_quantity,
        billed.rate as vendor_rate,
        billed.amount as vendor_amount
    from expected
    full join billed
        on
            expected.org = billed.org
            and expected.invoice_month = billed.invoice_month
            and expected.period_start = billed.period_start
            and expected.service_start = billed.service_start
            and expected.charge_key = billed.charge_key

),

judged as (

    select
        paired.*,
        currencies.minor_units,
        coalesce(paired.vendor_currency <> paired.currency, false) as is_other_currency,
        coalesce(paired.vendor_quantity, 0) - coalesce(paired.expected_quantity, 0)
            as quantity_variance,
        case
            when paired.expected_lines = 0 or paired.expected_amount is not null
                then coalesce(paired.vendor_amount, 0) - coalesce(paired.expected_amount, 0)
        end as amount_variance,
        paired.is_short_calls
        and paired.vendor_quantity = paired.expected_quantity - 1 as is_one_short,
        ranges.low_quantity as expected_low,
        ranges.high_quantity as expected_high,
        coalesce(paired.vendor_quantity, 0) between ranges.low_quantity and ranges.high_quantity
        and coalesce(paired.vendor_amount, 0) = ranges.other_amount + coalesce({{ line_amount(
            '(coalesce(paired.vendor_quantity, 0) - ranges.other_quantity)',
            'ranges.rate',
            'currencies.minor_units',
        ) }}, 0) as is_inside_range,
        -- the calls' costs are rounded on each vendor line by itself (REC-2)
        abs(paired.vendor_amount - paired.exact_amount)
        <= paired.vendor_lines
        * {{ rule_constant('vendor_line_tolerance', 'paired.service_start') }}
        and paired.exact_amount <> paired.expected_amount as is_within_rounding
    from paired
    left join ranges
        on
            paired.org = ranges.org
            and paired.invoice_month = ranges.invoice_month
            and paired.period_start = ranges.period_start
            and paired.service_start = ranges.service_start
            and paired.charge_key = ranges.charge_key
    left join currencies
        on
            paired.currency = currencies.currency
            and paired.service_start >= currencies.effective_from
            and paired.service_start < currencies.effective_until

)

select
    org,
    invoice_month,
    period_start,
    service_start,
    charge_key,
    vendor_invoice_number,
    expected_description,
    vendor_description,
    coalesce(nearest_descriptions, []::varchar[]) as nearest_descriptions,
    vendor_lines,
    expected_lines,
    currency,
    vendor_currency,
    minor_units,
    expected_quantity,
    expected_rate,
    expected_amount,
    vendor_quantity,
    vendor_rate,
    vendor_amount,
    quantity_variance::decimal(18, 6) as quantity_variance,
    amount_variance::decimal(18, 6) as amount_variance,
    expected_low,
    expected_high,
    case
        when is_inside_range and not is_other_currency then 'matched'
        when vendor_lines = 0 then 'missing_from_vendor'
        when expected_lines = 0 then 'unexpected_from_vendor'
        when expected_amount is null then 'not_comparable'
        when is_other_currency then 'amount_variance'
        when
            is_one_short
            and vendor_amount in (
                expected_amount,
                {{ line_amount('vendor_quantity', 'expected_rate', 'minor_units') }}
            )
            then 'matched'
        when quantity_variance <> 0 and not (is_tax and amount_variance = 0)
            then 'quantity_variance'
        when amount_variance = 0 or is_within_rounding then 'matched'
        else 'amount_variance'
    end as status,
    case
        when not is_short_calls or vendor_lines = 0 then null
        when is_one_short then 'n_minus_1'
        when quantity_variance = 0 then 'n'
    end as short_calls_counted
from judged
