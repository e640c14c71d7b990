-- Grain: one row per comparison of a fee on calls and reading of which calls count.
-- Supports REC-4: a fee whose basis is calls (TAX-2) follows the calls that the vendor counts.
-- Guarantees: believed only if the rows of the calls agree (rows_needed).
with

fee_rows as (

    select * from {{ ref('int_causes__rows') }}
    where starts_with(charge_key, 'fee.')

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

contract_fees as (

    select * from {{ ref('stg_contracts__fees') }}
    where basis = 'calls'

),

subsets as (

    select * from {{ ref('int_causes__call_subsets') }}
    where reading <> 'none'

),

subset_pairs as (

    -- only those that two rows of calls agree on
    select
        org,
        period_start,
        first_reading,
        second_reading
    from {{ ref('int_causes__subset_pairs') }}
    group by
        org,
        period_start,
        first_reading,
        second_reading
    having count(*) >= {{ rows_that_prove() }}

),

changes as (

    select
        org,
        period_start,
        cause,
        reading,
        position,
        words || ': ' || {{ counted("format('{:,}', abs(sum(calls)))", 'call') }} as detail,
        sum(calls) as calls
    from subsets
    group by
        org,
        period_start,
        cause,
        reading,
        position,
        words

),

readings as (

    select
        org,
        period_start,
        cause as first_cause,
        reading as first_reading,
        detail as first_detail,
        null::varchar as second_cause,
        null::varchar as second_reading,
        null::varchar as second_detail,
        calls as first_calls,
        calls,
        position
    from changes
    union all
    select
        first_one.org,
        first_one.period_start,
        first_one.cause as first_cause,
        first_one.reading as first_reading,
        first_one.detail as first_detail,
        second_one.cause as second_cause,
        second_one.reading as second_reading,
        second_one.detail as second_detail,
        first_one.calls as first_calls,
        first_one.calls + second_one.calls as calls,
        first_one.position
    from subset_pairs
    inner join changes as first_one
        on
            subset_pairs.org = first_one.org
            and subset_pairs.period_start = first_one.period_start
            and subset_pairs.first_reading = first_one.reading
    inner join changes as second_one
        on
            subset_pairs.org = second_one.org
            and subset_pairs.period_start = second_one.period_start
            and subset_pairs.second_reading = second_one.reading

)

select
    fee_rows.org,
    fee_rows.invoice_month,
    fee_rows.period_start,
    fee_rows.service_start,
    fee_rows.charge_key,
    readings.first_cause,
    readings.first_reading,
    readings.first_detail,
    readings.second_cause,
    readings.second_reading,
    readings.second_detail,
    {{ line_amount(
        '(fee_rows.expected_quantity + readings.first_calls)::decimal(18, 6)',
        'fee_rows.expected_rate',
        'fee_rows.minor_units',
    ) }}::decimal(18, 6) as first_amount,
    (fee_rows.expected_quantity + readings.calls)::decimal(18, 6) as quantity,
    {{ line_amount(
        '(fee_rows.expected_quantity + readings.calls)::decimal(18, 6)',
        'fee_rows.expected_rate',
        'fee_rows.minor_units',
    ) }}::decimal(18, 6) as amount,
    fee_rows.expected_rate as rate,
    readings.position,
    {{ rows_that_prove() }} as rows_needed
from fee_rows
inner join scope
    on
        fee_rows.org = scope.org
        and fee_rows.period_start = scope.period_start
        and fee_rows.invoice_month = scope.invoice_month
inner join contract_fees
    on
        scope.org = contract_fees.org
        and scope.contract_version = contract_fees.version
        and fee_rows.charge_key = 'fee.' || contract_fees.name_slug
inner join readings
    on
        fee_rows.org = readings.org
        and fee_rows.period_start = readings.period_start
where
    fee_rows.expected_lines > 0
    and readings.calls <> 0
