-- Grain: one row per call that counts, of every period in force (filter is_due for a run's).
-- Supports PER-5 (a call belongs to the voice window of its start), PER-7 (a call outside all
-- windows is not here), VOX-10 (a replaced row is not here).
-- A view: calls are stored once, in their Parquet files; windows and services are small tables, so
-- that a filter on them reaches the files.
{{ config(materialized='view') }}
with

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

windows as (

    select * from {{ ref('int_telco__voice_windows') }}

),

services as (

    select * from {{ ref('int_telco__services') }}

),

superseded as (

    select * from {{ ref('int_telco__superseded_calls') }}

)

select
    calls.org,
    windows.period_start,
    windows.invoice_month,
    -- (never null, and a conjunction: its parts reach the windows and the files)
    windows.due_from is not null
    and calls.start_at >= windows.due_from
    and calls.start_at < windows.due_to as is_due,
    calls.file_id,
    calls.line_number,
    calls.sip_call_id,
    services.direction_key as direction,
    calls.origin,
    calls.destination,
    calls.call_type,
    calls.usage_group,
    services.service,
    services.kind_id,
    calls.start_at,
    calls.duration_seconds,
    calls.cdr_adjusted_seconds,
    calls.cdr_adjusted_minutes,
    calls.cdr_rate_per_minute,
    calls.cdr_cost,
    -- nearly all calls name the contract's currency as it is written there
    case
        when calls.currency = windows.contract_currency then windows.contract_currency
        else coalesce(nullif(upper(trim(calls.currency)), ''), windows.contract_currency)
    end as currency,
    nullif(trim(calls.rate_sheet), '') as cdr_rate_sheet,
    windows.contract_currency,
    windows.own_country,
    windows.catalogue_from,
    windows.voice_rating,
    windows.rate_sheet_key,
    windows.rounding,
    windows.increment_seconds,
    windows.short_call_seconds
from calls
inner join windows
    on
        calls.org = windows.org
        and calls.start_at >= windows.voice_from
        and calls.start_at < windows.voice_to
inner join services
    on
        windows.catalogue_from = services.catalogue_from
        and calls.direction is not distinct from services.direction
        and calls.usage_group is not distinct from services.usage_group
        and calls.usage_group_display is not distinct from services.usage_group_display
        and calls.call_type is not distinct from services.call_type
where
    not exists (
        select 1
        from superseded
        where
            superseded.file_id = calls.file_id
            and superseded.line_number = calls.line_number
    )
