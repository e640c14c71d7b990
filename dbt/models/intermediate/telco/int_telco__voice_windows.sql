-- Grain: one row per organization and period in force, of the whole history.
-- The voice window of a period (PER-5) with the contract terms that its calls are read by (CON-14),
-- so that one view of the calls serves what a run rates and the history alike.
-- Forbids: a period that is not in force (PER-7: its calls are unassigned).
with

periods as (

    select * from {{ ref('int_periods__billing_periods') }}
    where is_in_force

),

due_spans as (

    select * from {{ ref('int_telco__due_spans') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

calling_codes as (

    select * from {{ ref('stg_catalogue__calling_codes') }}

),

call_services as (

    select * from {{ ref('stg_catalogue__call_services') }}

),

catalogue_dates as (

    select effective_from from calling_codes
    union
    select effective_from from call_services

)

select
    periods.org,
    periods.period_start,
    periods.invoice_month,
    periods.voice_from,
    periods.voice_to,
    versions.country as own_country,
    versions.currency as contract_currency,
    versions.voice_rating,
    lower(trim(versions.rate_sheet)) as rate_sheet_key,
    versions.rounding,
    versions.increment_seconds::bigint as increment_seconds,
    {{ rule_constant('short_call_seconds', 'periods.period_start') }}::bigint as short_call_seconds,
    coalesce(
        (
            select max(catalogue_dates.effective_from)
            from catalogue_dates
            where catalogue_dates.effective_from <= periods.period_start
        ),
        periods.period_start
    ) as catalogue_from,
    due_spans.due_from,
    due_spans.due_to
from periods
inner join versions
    on
        periods.org = versions.org
        and periods.contract_version = versions.version
left join due_spans
    on
        periods.org = due_spans.org
        and periods.period_start = due_spans.period_start
