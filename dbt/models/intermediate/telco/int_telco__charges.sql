-- Grain: one row per organization, period of the scope and charge code.
-- Supports VOX-6 (one line per service and market with its given amount) and VOX-7 (the surcharge).
-- Guarantees: the quantity holds every call of the service, rated or not; the amount is the exact
-- sum of the known costs, not rounded yet. BYOC and calls of another currency are in no line.
{{ config(materialized='view') }}
with

totals as (

    select * from {{ ref('int_telco__call_totals') }}
    where
        is_in_contract_currency
        and service <> 'byoc'

),

short_calls as (

    select * from {{ ref('int_telco__short_calls') }}
    where is_charged

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

lines as (

    select
        org,
        period_start,
        service,
        market,
        sum(stated_minutes) as stated_minutes,
        sum(computed_seconds) as computed_seconds,
        sum(unrated_calls) as unrated_calls,
        sum(billed_cost) as billed_cost
    from totals
    group by
        org,
        period_start,
        service,
        market

),

usage_charges as (

    select
        lines.org,
        lines.period_start,
        'telco.' || lines.service || '.' || lines.market as charge_code,
        case lines.service
            when 'outbound' then 'Outbound Calling Service'
            when 'extended_outbound' then 'Extended Outbound Calling Service'
            when 'inbound' then 'Inbound Calling Service'
            when 'toll_free' then 'Toll-Free Calling Service'
        end
        || ' - '
        || case lines.market
            when 'domestic' then 'Domestic'
            when 'international' then 'International'
            else 'Unknown Country'
        end as description,
        lines.stated_minutes + {{ minutes_of_seconds('lines.computed_seconds') | indent(8) }}
            as quantity,
        'minute' as unit,
        null as rate,
        true as is_given_amount,
        case
            when
                lines.unrated_calls > 0
                and scope.rate_sheet is null
                and (scope.channel = 'partner' or scope.is_trial)
                then null
            else lines.billed_cost
        end as given_amount,
        'VOX-6' as rule_id
    from lines
    inner join scope
        on
            lines.org = scope.org
            and lines.period_start = scope.period_start

),

surcharges as (

    select
        org,
        period_start,
        'telco.short_calls' as charge_code,
        'Short Duration Call Surcharge' as description,
        short_calls as quantity,
        'call' as unit,
        short_call_rate as rate,
        false as is_given_amount,
        null as given_amount,
        'VOX-7' as rule_id
    from short_calls
    where short_calls > 0

),

charges as (

    select * from usage_charges
    union all
    select * from surcharges

)

select
    charges.org,
    scope.invoice_month,
    'period' as invoice_kind,
    charges.period_start as invoice_key,
    charges.period_start as charged_period_start,
    null::varchar as section,
    charges.charge_code,
    charges.description,
    charges.period_start as service_start,
    scope.period_end as service_end,
    charges.quantity::decimal(18, 6) as quantity,
    charges.unit,
    charges.rate::decimal(18, 6) as rate,
    charges.is_given_amount,
    charges.given_amount::decimal(38, 6) as given_amount,
    case
        when charges.rule_id = 'VOX-7' then scope.is_short_call_billed_in_ramp
    end as is_billed_in_ramp,
    charges.rule_id
from charges
inner join scope
    on
        charges.org = scope.org
        and charges.period_start = scope.period_start
