-- Grain: one row per call of int_telco__located_calls.
-- Rule: VOX-4, the rate of the organization's own sheet: the longest prefix of the number to rate
-- among the rows that fit the call on its UTC date.
-- Guarantees: one row in, one row out; no fitting row = no rate, which is not 0.
-- Forbids: the call's own Rate Sheet column as a key.
{{ config(materialized='view') }}
with

calls as (

    select * from {{ ref('int_telco__located_calls') }}

),

rate_days as (

    select * from {{ ref('int_telco__rate_days') }}

),

contexts as (

    select * from {{ ref('int_telco__rate_contexts') }}

),

rate_starts as (

    select * from {{ ref('int_telco__rate_starts') }}

),

numbers as (

    select
        calls.*,
        contexts.context_id
    from calls
    left join rate_days
        on
            calls.rate_sheet_key = rate_days.rate_sheet_key
            and calls.start_at::date = rate_days.call_date
    left join contexts
        on
            rate_days.rate_sheet_key = contexts.rate_sheet_key
            and rate_days.era_from = contexts.era_from
            and calls.catalogue_from = contexts.catalogue_from
            and calls.kind_id = contexts.kind_id

)

select
    numbers.org,
    numbers.period_start,
    numbers.invoice_month,
    numbers.is_due,
    numbers.file_id,
    numbers.line_number,
    numbers.sip_call_id,
    numbers.direction,
    numbers.origin,
    numbers.destination,
    numbers.call_type,
    numbers.usage_group,
    numbers.service,
    numbers.start_at,
    numbers.duration_seconds,
    numbers.cdr_adjusted_seconds,
    numbers.cdr_adjusted_minutes,
    numbers.cdr_rate_per_minute,
    numbers.cdr_cost,
    numbers.currency,
    numbers.cdr_rate_sheet,
    numbers.contract_currency,
    numbers.voice_rating,
    numbers.rate_sheet_key,
    numbers.rounding,
    numbers.increment_seconds,
    numbers.short_call_seconds,
    numbers.number_to_rate,
    numbers.country,
    numbers.market,
    {{ of_longest_prefix('rate_starts', rate_lookup_lengths(), 'rate_per_minute') | indent(4) }}
        as sheet_rate_per_minute,
    {{ of_longest_prefix('rate_starts', rate_lookup_lengths(), 'rate_micro') | indent(4) }}
        as sheet_rate_micro
from numbers
{{ prefix_joins('numbers', 'rate_starts', rate_lookup_lengths(), ['context_id']) }}
