-- Grain: one row per comparison that varies and candidate that gives the vendor's quantity.
-- Supports REC-4: what the candidate leaves is split into price (the vendor's rate is another and
-- its quantity × rate is its amount), currency, a rounding of the line, or it is unexplained; and
-- how well the rest of the invoice agrees with the candidate's readings.
-- Guarantees: the parts of an explanation add up to the variance exactly.
with

rows_to_explain as (

    select * from {{ ref('int_causes__rows') }}
    where is_varying

),

readings as (

    select * from {{ ref('int_causes__readings') }}

),

candidates as (

    select
        readings.*,
        rows_to_explain.kind,
        rows_to_explain.currency,
        rows_to_explain.vendor_currency,
        rows_to_explain.is_other_currency,
        rows_to_explain.minor_units,
        rows_to_explain.tolerance,
        rows_to_explain.expected_amount,
        rows_to_explain.vendor_quantity,
        rows_to_explain.vendor_rate,
        rows_to_explain.vendor_amount,
        rows_to_explain.vendor_product,
        rows_to_explain.vendor_amount - readings.amount as rest
    from rows_to_explain
    inner join readings
        on
            rows_to_explain.org = readings.org
            and rows_to_explain.invoice_month = readings.invoice_month
            and rows_to_explain.period_start = readings.period_start
            and rows_to_explain.service_start = readings.service_start
            and rows_to_explain.charge_key = readings.charge_key
    where readings.is_match

),

rested as (

    select
        *,
        case
            when is_other_currency and (first_cause is distinct from 'extra_line')
                then 'currency'
            when rest = 0 then null
            when abs(vendor_amount - vendor_quantity::decimal(38, 6) * rate) <= tolerance
                then 'rounding_place'
            when kind = 'calls' and vendor_product is null then 'unexplained'
            when vendor_product is not null and (vendor_rate is not distinct from rate)
                then 'unexplained'
            when kind = 'tax' then 'tax'
            when kind = 'calls' and abs(vendor_product - vendor_amount) > tolerance
                then 'unexplained'
            else 'price'
        end as rest_cause
    from candidates

),

split as (

    select
        *,
        case
            when rest_cause = 'unexplained' then rest
            when
                rest_cause in ('price', 'tax')
                and abs(vendor_product - vendor_amount) > tolerance
                then vendor_amount - vendor_product
            else 0
        end::decimal(18, 6) as unexplained
    from rested

),

counted as (

    select
        *,
        case when rest_cause <> 'unexplained' then rest_cause end as named_rest_cause,
        (rest - unexplained)::decimal(18, 6) as named_rest,
        (first_cause is not null)::integer
        + (second_cause is not null)::integer
        + coalesce(rest_cause <> 'unexplained', false)::integer
        + (unexplained <> 0)::integer as causes
    from split

),

-- which rows of the invoice each reading explains, alone or in a pair
supports as (

    select distinct
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        unnest([first_reading, second_reading]) as reading
    from counted
    where
        unexplained = 0
        and is_quantity

),

-- and which rows contradict it: it would change them, and they do not show it
contradicted as (

    select
        readings.org,
        readings.invoice_month,
        readings.period_start,
        readings.first_reading as reading,
        count(*) as rows
    from readings
    anti join supports
        on
            readings.org = supports.org
            and readings.invoice_month = supports.invoice_month
            and readings.period_start = supports.period_start
            and readings.service_start = supports.service_start
            and readings.charge_key = supports.charge_key
            and readings.first_reading = supports.reading
    where
        readings.second_reading is null
        and not readings.is_consistent
        -- a row that needs others' proof disproves nothing
        and readings.rows_needed <= 1
    group by
        readings.org,
        readings.invoice_month,
        readings.period_start,
        readings.first_reading

),

agreed as (

    select
        org,
        invoice_month,
        period_start,
        reading,
        count(*) as rows
    from supports
    group by
        org,
        invoice_month,
        period_start,
        reading

)

select
    counted.org,
    counted.invoice_month,
    counted.period_start,
    counted.service_start,
    counted.charge_key,
    counted.currency,
    counted.vendor_currency,
    counted.first_cause,
    counted.first_reading,
    counted.first_detail,
    case
        when counted.second_cause is not null then counted.first_amount - counted.expected_amount
        else counted.amount - counted.expected_amount
    end::decimal(18, 6) as first_part,
    counted.second_cause,
    counted.second_reading,
    counted.second_detail,
    (counted.amount - counted.first_amount)::decimal(18, 6) as second_part,
    counted.named_rest_cause as rest_cause,
    counted.named_rest as rest_part,
    counted.unexplained as unexplained_part,
    counted.rate,
    counted.vendor_rate,
    counted.vendor_quantity,
    counted.vendor_amount,
    counted.vendor_product,
    counted.causes,
    counted.is_plain,
    counted.is_quantity,
    counted.position,
    counted.rows_needed,
    case
        -- a rule of the row's own is not for other rows to bear out
        when counted.second_reading is null or starts_with(counted.second_reading, 'surcharge:')
            then coalesce(first_agreed.rows, 0)
        else least(coalesce(first_agreed.rows, 0), coalesce(second_agreed.rows, 0))
    end as agreeing_rows,
    coalesce(first_contradicted.rows, 0) + coalesce(second_contradicted.rows, 0)
        as contradicting_rows
from counted
left join agreed as first_agreed
    on
        counted.org = first_agreed.org
        and counted.invoice_month = first_agreed.invoice_month
        and counted.period_start = first_agreed.period_start
        and counted.first_reading = first_agreed.reading
left join agreed as second_agreed
    on
        counted.org = second_agreed.org
        and counted.invoice_month = second_agreed.invoice_month
        and counted.period_start = second_agreed.period_start
        and counted.second_reading = second_agreed.reading
left join contradicted as first_contradicted
    on
        counted.org = first_contradicted.org
        and counted.invoice_month = first_contradicted.invoice_month
        and counted.period_start = first_contradicted.period_start
        and counted.first_reading = first_contradicted.reading
left join contradicted as second_contradicted
    on
        counted.org = second_contradicted.org
        and counted.invoice_month = second_contradicted.invoice_month
        and counted.period_start = second_contradicted.period_start
        and counted.second_reading = second_contradicted.reading
