-- Grain: one row per call of int_telco__call_rates.
-- Rules: VOX-1 (adjusted seconds), VOX-2 (cost of a call, the only place that rounds it), VOX-3
-- (the call's own figures or the computed ones), VOX-9 (a discount is never taken again: nothing
-- here reads it), VOX-11 (the currency that a line may sum).
-- Guarantees: own and computed cost side by side, never merged; no cost is null, which is not 0.
{{ config(materialized='view') }}
with

calls as (

    select * from {{ ref('int_telco__call_rates') }}

),

computed as (

    select
        calls.*,
        {{ adjusted_seconds(
            'calls.duration_seconds', 'calls.increment_seconds', 'calls.rounding'
        ) | indent(8) }} as computed_seconds,
        calls.voice_rating = 'cdr' and calls.cdr_cost is not null as bills_own_cost,
        calls.service = 'byoc' as is_byoc,
        calls.service in ('outbound', 'extended_outbound') as is_outbound,
        calls.service = 'byoc' or calls.currency = calls.contract_currency
            as is_in_contract_currency
    from calls

),

rated as (

    select
        computed.*,
        {{ call_cost('computed.computed_seconds', 'computed.sheet_rate_micro') | indent(8) }}
            as rated_cost,
        case
            when computed.bills_own_cost
                then coalesce(computed.cdr_adjusted_seconds, computed.computed_seconds)
            else computed.computed_seconds
        end as adjusted_seconds,
        case when computed.bills_own_cost then computed.cdr_adjusted_minutes end
            as own_adjusted_minutes,
        case
            when computed.bills_own_cost then computed.cdr_rate_per_minute
            else computed.sheet_rate_per_minute
        end as rate_per_minute
    from computed

),

billed as (

    select
        rated.*,
        case
            when rated.is_byoc then 0
            when rated.bills_own_cost then rated.cdr_cost
            else rated.rated_cost
        end::decimal(18, 6) as billed_cost
    from rated

)

select
    org,
    period_start,
    invoice_month,
    is_due,
    file_id,
    line_number,
    sip_call_id,
    direction,
    origin,
    destination,
    call_type,
    usage_group,
    service,
    market,
    country,
    start_at,
    duration_seconds,
    adjusted_seconds,
    own_adjusted_minutes,
    coalesce(
        own_adjusted_minutes,
        {{ minutes_of_seconds('adjusted_seconds') | indent(8) }}
    )::decimal(18, 6) as adjusted_minutes,
    rate_per_minute,
    sheet_rate_per_minute,
    cdr_cost,
    rated_cost,
    billed_cost,
    currency,
    is_in_contract_currency,
    number_to_rate,
    cdr_rate_sheet,
    is_outbound and is_in_contract_currency and adjusted_seconds > 0 as is_completed_outbound,
    is_outbound
    and is_in_contract_currency
    and adjusted_seconds = short_call_seconds
    and coalesce(
        case
            when bills_own_cost and rate_per_minute is null then cdr_cost <> 0
            else rate_per_minute <> 0
        end,
        false
    ) as is_short_call,
    billed_cost is null as is_unrated,
    coalesce(cdr_adjusted_seconds <> computed_seconds, false)
    or coalesce(
        cdr_adjusted_minutes
        <> {{ minutes_of_seconds('coalesce(cdr_adjusted_seconds, computed_seconds)') | indent(8) }},
        false
    ) as is_adjusted_otherwise,
    coalesce(
        cdr_rate_per_minute is not null
        and cdr_cost is distinct from {{ call_cost(
            'coalesce(cdr_adjusted_seconds, computed_seconds)',
            to_micro('cdr_rate_per_minute')
        ) | indent(8) }},
        false
    )
    and cdr_cost is not null as is_priced_otherwise,
    coalesce(lower(cdr_rate_sheet) <> rate_sheet_key, false) as is_on_other_sheet
from billed
