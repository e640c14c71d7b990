-- Grain: one row per comparison of calls and pair of readings of which calls count.
-- Supports REC-4: two such readings at once (a day billed twice and another not at all), where no
-- single reading gives the vendor's figures. The second must bring the minutes that the first
-- leaves, so equality on minutes finds it.
-- Guarantees: so many pairs of days and files are there that a row alone proves none of them
-- (rows_needed).
with

call_rows as (

    select * from {{ ref('int_causes__rows') }}
    where
        kind = 'calls'
        and is_varying

),

scenarios as (

    select * from {{ ref('int_causes__call_scenarios') }}
    where pricing = 'as_billed'

),

call_readings as (

    select * from {{ ref('int_causes__call_readings') }}

),

unexplained_rows as (

    select call_rows.*
    from call_rows
    anti join call_readings
        on
            call_rows.org = call_readings.org
            and call_rows.invoice_month = call_readings.invoice_month
            and call_rows.period_start = call_readings.period_start
            and call_rows.service_start = call_readings.service_start
            and call_rows.charge_key = call_readings.charge_key
            and call_readings.is_consistent
            and call_readings.second_reading is null
    where abs(call_rows.vendor_quantity - call_rows.expected_quantity) > call_rows.tolerance

),

changes as (

    select
        unexplained_rows.org,
        unexplained_rows.invoice_month,
        unexplained_rows.period_start,
        unexplained_rows.service_start,
        unexplained_rows.charge_key,
        unexplained_rows.vendor_quantity,
        unexplained_rows.vendor_amount,
        unexplained_rows.minor_units,
        unexplained_rows.tolerance,
        scenarios.cause,
        scenarios.reading,
        scenarios.position,
        scenarios.words || ': ' || {{ counted("format('{:,}', scenarios.calls)", 'call') }}
            as detail,
        scenarios.minutes,
        scenarios.money,
        scenarios.exact_amount,
        scenarios.minutes - billed.minutes as minutes_change,
        scenarios.money - billed.money as money_change
    from unexplained_rows
    inner join scenarios
        on
            unexplained_rows.org = scenarios.org
            and unexplained_rows.period_start = scenarios.period_start
            and unexplained_rows.service_start = scenarios.period_start
            and unexplained_rows.charge_key = scenarios.charge_key
            and scenarios.reading <> 'none'
            and scenarios.is_changed
    inner join scenarios as billed
        on
            unexplained_rows.org = billed.org
            and unexplained_rows.period_start = billed.period_start
            and unexplained_rows.charge_key = billed.charge_key
            and billed.reading = 'none'

)

select
    first_one.org,
    first_one.invoice_month,
    first_one.period_start,
    first_one.service_start,
    first_one.charge_key,
    first_one.cause as first_cause,
    first_one.reading as first_reading,
    first_one.detail as first_detail,
    second_one.cause as second_cause,
    second_one.reading as second_reading,
    second_one.detail as second_detail,
    {{ round_money('first_one.exact_amount', 'first_one.minor_units') }}::decimal(18, 6)
        as first_amount,
    {{ from_fine('first_one.minutes + second_one.minutes_change') }} as quantity,
    first_one.vendor_amount as amount,
    first_one.position,
    {{ rows_that_prove() }} as rows_needed,
    true as is_quantity,
    true as is_consistent,
    true as is_match
from changes as first_one
inner join changes as second_one
    on
        first_one.org = second_one.org
        and first_one.invoice_month = second_one.invoice_month
        and first_one.period_start = second_one.period_start
        and first_one.service_start = second_one.service_start
        and first_one.charge_key = second_one.charge_key
        and second_one.minutes_change
        = {{ in_micro('first_one.vendor_quantity') }} * {{ seconds_per_minute() }}
        - first_one.minutes
        and (first_one.cause, first_one.reading) < (second_one.cause, second_one.reading)
where
    abs(
        first_one.vendor_amount
        - {{ from_fine('first_one.money + second_one.money_change') }}
    ) <= first_one.tolerance
