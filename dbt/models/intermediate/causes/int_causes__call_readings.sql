-- Grain: one row per comparison of calls and reading of its calls, or pair of a subset and a
-- pricing.
-- Supports REC-4 (missing_calls, duplicate_calls, period_cutoff, rounding_mode, rounding_place,
-- rate_sheet, double_discount): a subset of the calls first, then a rounding of them.
-- Guarantees: a single reading is here for every row that it would change; a pair only where it
-- gives the vendor's minutes and money both.
-- Forbids: three readings at once.
with

call_rows as (

    select * from {{ ref('int_causes__rows') }}
    where kind = 'calls'

),

scenarios as (

    select * from {{ ref('int_causes__call_scenarios') }}

),

pricings as (

    {% for pricing in call_pricings() %}
        select
            '{{ pricing.name }}' as pricing,
            {{ loop.index0 }} as position,
            nullif('{{ pricing.get('cause', '') }}', '') as cause,
            '{{ pricing.get('words', '') }}' as words,
            nullif('{{ pricing.get('after', '') }}', '') as after
        {{ "union all" if not loop.last }}
    {% endfor %}

),

-- what each scenario says of its row; the vendor's line is rounded once more, by itself
compared as (

    select
        call_rows.org,
        call_rows.invoice_month,
        call_rows.period_start,
        call_rows.service_start,
        call_rows.charge_key,
        call_rows.is_varying,
        call_rows.expected_quantity,
        call_rows.expected_amount,
        call_rows.vendor_quantity,
        call_rows.vendor_amount,
        call_rows.minor_units,
        call_rows.tolerance,
        scenarios.cause,
        scenarios.reading,
        scenarios.position,
        scenarios.words,
        scenarios.is_whole,
        scenarios.pricing,
        scenarios.calls,
        scenarios.minutes,
        scenarios.money,
        scenarios.is_changed,
        scenarios.quantity,
        scenarios.exact_amount,
        abs(call_rows.vendor_amount - scenarios.exact_amount) <= call_rows.tolerance
            as is_amount,
        abs(call_rows.vendor_quantity - scenarios.quantity) <= call_rows.tolerance
            as is_quantity,
        abs(call_rows.vendor_quantity - call_rows.expected_quantity) <= call_rows.tolerance
            as is_same_quantity
    from scenarios
    inner join call_rows
        on
            scenarios.org = call_rows.org
            and scenarios.period_start = call_rows.period_start
            and scenarios.period_start = call_rows.service_start
            and scenarios.charge_key = call_rows.charge_key

),

shown as (

    select
        *,
        case
            when is_amount then vendor_amount
            else {{ round_money('exact_amount', 'minor_units') }}
        end::decimal(18, 6) as amount
    from compared

),

of_subsets as (

    select
        shown.*,
        shown.words || ': ' || {{ counted("format('{:,}', shown.calls)", 'call') }} as detail
    from shown
    where
        shown.pricing = 'as_billed'
        and shown.reading <> 'none'
        and shown.is_changed

),

of_pricings as (

    select
        shown.* replace (
            pricings.cause as cause,
            'priced:' || shown.pricing as reading,
            pricings.position as position
        ),
        pricings.words as detail
    from shown
    inner join pricings
        on shown.pricing = pricings.pricing
    where
        shown.reading = 'none'
        and shown.is_changed
        and pricings.cause is not null
        and pricings.after is null

),

single as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        cause as first_cause,
        reading as first_reading,
        detail as first_detail,
        null::varchar as second_cause,
        null::varchar as second_reading,
        null::varchar as second_detail,
        null::decimal(18, 6) as first_amount,
        quantity,
        amount,
        position,
        -- a row that a reading empties may as well be a line left out
        case when quantity = 0 then {{ rows_that_prove() }} else 0 end as rows_needed,
        is_quantity,
        is_quantity and is_amount as is_consistent,
        is_quantity or (is_amount and is_same_quantity and is_whole) as is_match
    from of_subsets
    union all
    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        cause as first_cause,
        reading as first_reading,
        detail as first_detail,
        null as second_cause,
        null as second_reading,
        null as second_detail,
        null as first_amount,
        quantity,
        amount,
        position,
        0 as rows_needed,
        is_quantity,
        is_quantity and is_amount as is_consistent,
        case when is_same_quantity then is_amount else is_quantity end as is_match
    from of_pricings
    union all
    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        'rounding_place' as first_cause,
        'line:rounded_otherwise' as first_reading,
        'the calls come to ' || {{ plain_number('exact_amount') }} as first_detail,
        null as second_cause,
        null as second_reading,
        null as second_detail,
        null as first_amount,
        quantity,
        amount,
        0 as position,
        0 as rows_needed,
        is_quantity,
        true as is_consistent,
        true as is_match
    from shown
    where
        pricing = 'as_billed'
        and reading = 'none'
        and is_amount
        and is_quantity
        and vendor_amount <> expected_amount

),

matching as (

    select * from shown
    where
        is_varying
        and is_amount
        and is_quantity
        and is_changed

),

subset_and_pricing as (

    select
        matching.*,
        pricings.cause as pricing_cause,
        pricings.words as pricing_words
    from matching
    inner join pricings
        on matching.pricing = pricings.pricing
    where
        matching.reading <> 'none'
        and pricings.cause is not null
        and pricings.after is null

),

mode_and_place as (

    select
        matching.*,
        pricings.cause as pricing_cause,
        pricings.words as pricing_words,
        pricings.after,
        'priced:' || split_part(matching.pricing, pricings.after || '_', -1) as place_reading
    from matching
    inner join pricings
        on matching.pricing = pricings.pricing
    where
        matching.reading = 'none'
        and pricings.after is not null

),

pairs as (

    select
        matching.org,
        matching.invoice_month,
        matching.period_start,
        matching.service_start,
        matching.charge_key,
        of_subsets.cause as first_cause,
        of_subsets.reading as first_reading,
        of_subsets.detail as first_detail,
        matching.pricing_cause as second_cause,
        'priced:' || matching.pricing as second_reading,
        matching.pricing_words as second_detail,
        of_subsets.amount as first_amount,
        matching.quantity,
        matching.amount,
        matching.position
    from subset_and_pricing as matching
    inner join of_subsets
        on
            matching.org = of_subsets.org
            and matching.period_start = of_subsets.period_start
            and matching.charge_key = of_subsets.charge_key
            and matching.reading = of_subsets.reading
    union all
    select
        matching.org,
        matching.invoice_month,
        matching.period_start,
        matching.service_start,
        matching.charge_key,
        of_pricings.cause as first_cause,
        of_pricings.reading as first_reading,
        of_pricings.detail as first_detail,
        matching.pricing_cause as second_cause,
        matching.place_reading as second_reading,
        matching.pricing_words as second_detail,
        of_pricings.amount as first_amount,
        matching.quantity,
        matching.amount,
        of_pricings.position
    from mode_and_place as matching
    inner join of_pricings
        on
            matching.org = of_pricings.org
            and matching.period_start = of_pricings.period_start
            and matching.charge_key = of_pricings.charge_key
            and matching.after = of_pricings.pricing

)

select * from single
union all
select
    *,
    0 as rows_needed,
    true as is_quantity,
    true as is_consistent,
    true as is_match
from pairs
