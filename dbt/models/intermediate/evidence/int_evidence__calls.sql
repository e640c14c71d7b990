-- Grain: one row per charge of calls and UTC day with calls behind it, or rounding.
-- Supports INV-6 for VOX-6 and VOX-7. Calls are stored once and not copied here: a day's are the
-- rows of marts.rated_calls with its service, market and start, each with file and line.
-- Guarantees: the quantities of a charge add up to it, and the amounts, unrounded, to its amount.
{{ config(materialized='view') }}
with

charges as (

    select * from {{ ref('int_telco__charges') }}

),

daily_totals as (

    select daily_totals.*
    from {{ ref('int_telco__daily_totals') }} as daily_totals
    inner join {{ ref('int_periods__scope') }} as scope
        on
            daily_totals.org = scope.org
            and daily_totals.period_start = scope.period_start
    where
        daily_totals.is_in_contract_currency
        and daily_totals.service <> 'byoc'

),

days as (

    select
        org,
        period_start,
        'telco.' || service || '.' || market as charge_code,
        call_date,
        sum(calls) as calls,
        sum(stated_minutes) as stated_minutes,
        sum(computed_seconds) as computed_seconds,
        sum(billed_cost) as billed_cost
    from daily_totals
    group by org, period_start, service, market, call_date

),

short_call_days as (

    select
        org,
        period_start,
        'telco.short_calls' as charge_code,
        call_date,
        sum(short_calls) as calls
    from daily_totals
    group by org, period_start, call_date
    having sum(short_calls) > 0

),

used as (

    select
        charges.org,
        charges.invoice_kind,
        charges.invoice_key,
        charges.charge_code,
        charges.service_start,
        days.call_date,
        (days.stated_minutes + {{ minutes_of_seconds('days.computed_seconds') | indent(8) }})
        ::decimal(18, 6) as quantity,
        case when charges.given_amount is not null then days.billed_cost end::decimal(38, 6)
            as amount,
        days.calls,
        {{ counted('days.calls', 'call') }} || ' of the day' as detail
    from charges
    inner join days
        on
            charges.org = days.org
            and charges.invoice_key = days.period_start
            and charges.charge_code = days.charge_code
    union all
    select
        charges.org,
        charges.invoice_kind,
        charges.invoice_key,
        charges.charge_code,
        charges.service_start,
        short_call_days.call_date,
        short_call_days.calls::decimal(18, 6) as quantity,
        null::decimal(38, 6) as amount,
        short_call_days.calls,
        {{ counted('short_call_days.calls', 'short call') }} || ' of the day' as detail
    from charges
    inner join short_call_days
        on
            charges.org = short_call_days.org
            and charges.invoice_key = short_call_days.period_start
            and charges.charge_code = short_call_days.charge_code

),

sums as (

    select
        org,
        invoice_key,
        charge_code,
        sum(quantity) as quantity
    from used
    group by org, invoice_key, charge_code

)

select
    org,
    invoice_kind,
    invoice_key,
    charge_code,
    service_start,
    1::bigint as number_in_key,
    'calls' as evidence,
    'calls' as subject,
    call_date as usage_date,
    quantity,
    amount,
    calls::decimal(18, 6) as reported,
    null::varchar as file_id,
    null::bigint as line_number,
    detail
from used
union all
select
    charges.org,
    charges.invoice_kind,
    charges.invoice_key,
    charges.charge_code,
    charges.service_start,
    1::bigint as number_in_key,
    'rounding' as evidence,
    'minutes of the days' as subject,
    null::date as usage_date,
    (charges.quantity - sums.quantity)::decimal(18, 6) as quantity,
    null::decimal(38, 6) as amount,
    null::decimal(18, 6) as reported,
    null as file_id,
    null::bigint as line_number,
    'computed seconds turn into minutes once, for the line' as detail
from charges
inner join sums
    on
        charges.org = sums.org
        and charges.invoice_key = sums.invoice_key
        and charges.charge_code = sums.charge_code
where charges.quantity <> sums.quantity
