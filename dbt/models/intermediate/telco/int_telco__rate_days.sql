-- Grain: one row per rate sheet that a contract uses and UTC day that a voice window touches.
-- Supports VOX-4: the era of the sheet on that day, which is the time between two changes of any of
-- its rows, so that a call finds its rows by equality and never by a range.
with

windows as (

    select * from {{ ref('int_telco__voice_windows') }}

),

rates as (

    select * from {{ ref('stg_catalogue__voice_rates') }}

),

changes as (

    select
        lower(trim(rate_sheet)) as rate_sheet_key,
        effective_from as changed_on
    from rates
    union
    select
        lower(trim(rate_sheet)) as rate_sheet_key,
        (effective_to + 1)::date as changed_on
    from rates

),

spans as (

    select
        rate_sheet_key,
        min(voice_from)::date as first_day,
        max(voice_to)::date as last_day
    from windows
    group by rate_sheet_key

),

days as (

    select
        rate_sheet_key,
        unnest(generate_series(first_day, last_day, interval 1 day))::date as call_date
    from spans

)

select
    days.rate_sheet_key,
    days.call_date,
    max(changes.changed_on) as era_from
from days
inner join changes
    on
        days.rate_sheet_key = changes.rate_sheet_key
        and days.call_date >= changes.changed_on
group by
    days.rate_sheet_key,
    days.call_date
