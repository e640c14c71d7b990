-- Grain: one row per call of a period in force, over the whole history.
-- The promised columns of a rated call, without a second stored copy: a view over the landed calls.
-- Filter on org, period_start or start_at: the filter reaches the files.
{{ config(materialized='view') }}
with

calls as (

    select * from {{ ref('int_telco__rated_calls') }}

)

select
    org,
    invoice_month,
    period_start,
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
    adjusted_minutes,
    own_adjusted_minutes is not null as has_own_minutes,
    rate_per_minute,
    sheet_rate_per_minute,
    cdr_cost,
    rated_cost,
    billed_cost,
    currency,
    is_short_call,
    is_in_contract_currency,
    file_id,
    line_number
from calls
