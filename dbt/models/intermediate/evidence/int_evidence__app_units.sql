-- Grain: one row per organization, period, app part of the contract, and user, session, day, row of
-- the report or contract entry that stands behind its actual quantity.
-- Supports INV-6 for APP-1.
-- Guarantees: the quantities of a part add up to int_appfoundry__actuals.
-- Forbids: counting; each row is one that an APP or LIC model counted.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

app_parts as (

    select * from {{ ref('stg_contracts__app_parts') }}

),

holders as (

    select * from {{ ref('int_appfoundry__holders') }}

),

holder_times as (

    select * from {{ ref('int_appfoundry__holder_times') }}

),

holder_hours as (

    select * from {{ ref('int_appfoundry__holder_hours') }}

),

concurrent_holders as (

    select * from {{ ref('int_appfoundry__concurrent_holders') }}

),

session_peaks as (

    select * from {{ ref('int_licences__session_peaks') }}

),

daily_report_peaks as (

    select * from {{ ref('int_licences__daily_report_peaks') }}

),

peaks as (

    select * from {{ ref('int_evidence__peaks') }}

),

day_quantities as (

    select * from {{ ref('int_appfoundry__day_quantities') }}

),

licence_units as (

    select * from {{ ref('int_evidence__licence_units') }}
    where item_kind = 'licence'

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

parts as (

    select
        scope.org,
        scope.period_start,
        app_parts.app_slug,
        app_parts.part_slug,
        app_parts.app || ' - ' || app_parts.part as title,
        app_parts.part_type,
        app_parts.count_model,
        {{ name_key('app_parts.app') }} as app_key,
        {{ name_key('app_parts.part') }} as part_key
    from scope
    inner join app_parts
        on
            scope.org = app_parts.org
            and scope.contract_version = app_parts.version

),

-- the daily report shows everybody; where more than the holders, the holders are what is counted
concurrent_evidence as (

    select
        concurrent_holders.org,
        concurrent_holders.period_start,
        concurrent_holders.app_slug,
        concurrent_holders.part_slug,
        case
            when session_peaks.peak_users is not null then session_peaks.sweep_subject
            when concurrent_holders.users_low = daily_report_peaks.low_users then 'daily_report'
            else 'holders'
        end as shown_by
    from concurrent_holders
    left join session_peaks
        on
            concurrent_holders.org = session_peaks.org
            and concurrent_holders.period_start = session_peaks.period_start
            and 'appfoundry.' || concurrent_holders.app_slug || '.' || concurrent_holders.part_slug
            = session_peaks.sweep_subject
    left join daily_report_peaks
        on
            concurrent_holders.org = daily_report_peaks.org
            and concurrent_holders.period_start = daily_report_peaks.period_start
    where concurrent_holders.users_low > 0

),

days as (

    select
        parts.org,
        parts.period_start,
        parts.app_slug,
        parts.part_slug,
        parts.part_type,
        day_quantities.app || ' - ' || day_quantities.part as subject,
        day_quantities.usage_date,
        day_quantities.quantity,
        day_quantities.file_id,
        day_quantities.line_number,
        row_number() over (
            partition by parts.org, parts.period_start, parts.app_slug, parts.part_slug
            order by day_quantities.quantity desc, day_quantities.usage_date asc
        ) as place
    from parts
    inner join day_quantities
        on
            parts.org = day_quantities.org
            and parts.period_start = day_quantities.period_start
            and parts.app_key = day_quantities.app_key
            and parts.part_key = day_quantities.part_key
    where parts.part_type in ('metered_sum', 'metered_high_water')

),

hours as (

    select
        holder_times.org,
        holder_times.period_start,
        holder_times.app_slug,
        holder_times.part_slug,
        holder_times.user_key,
        holder_times.usage_date,
        {{ microseconds_as_hours('holder_times.logged_in_microseconds') }} as quantity,
        {{ microseconds_as_seconds('holder_times.logged_in_microseconds') }} as reported,
        coalesce(holder_times.file_id, files.file_id) as file_id,
        holder_times.line_number
    from holder_times
    left join files
        on
            holder_times.org = files.org
            and holder_times.received_rank = files.received_rank

),

hours_by_part as (

    select
        org,
        period_start,
        app_slug,
        part_slug,
        sum(quantity) as quantity
    from hours
    group by org, period_start, app_slug, part_slug

)

select
    org,
    period_start,
    app_slug,
    part_slug,
    'contract' as evidence,
    'appfoundry: ' || title as subject,
    null::date as usage_date,
    1::decimal(18, 6) as quantity,
    null::decimal(18, 6) as reported,
    null as file_id,
    null::bigint as line_number,
    'one site while the contract lists it' as detail
from parts
where part_type = 'site'
union all
select
    org,
    period_start,
    app_slug,
    part_slug,
    'day' as evidence,
    subject,
    usage_date,
    quantity,
    quantity as reported,
    file_id,
    line_number,
    case part_type
        when 'metered_sum' then 'quantity of the day'
        else 'the largest quantity of a day'
    end as detail
from days
where part_type = 'metered_sum' or place = 1
union all
select
    parts.org,
    parts.period_start,
    parts.app_slug,
    parts.part_slug,
    licence_units.evidence,
    licence_units.subject,
    licence_units.usage_date,
    licence_units.quantity,
    licence_units.reported,
    licence_units.file_id,
    licence_units.line_number,
    licence_units.item || ': ' || licence_units.detail as detail
from parts
inner join licence_units
    on
        parts.org = licence_units.org
        and parts.period_start = licence_units.period_start
where parts.part_type = 'mimic'
union all
select
    holders.org,
    holders.period_start,
    holders.app_slug,
    holders.part_slug,
    'user' as evidence,
    holders.user_key as subject,
    null::date as usage_date,
    1::decimal(18, 6) as quantity,
    null::decimal(18, 6) as reported,
    struct_extract(holders.deciding_row, 'file_id') as file_id,
    struct_extract(holders.deciding_row, 'line_number') as line_number,
    'billable in the period, and holds the part' as detail
from holders
left join concurrent_evidence
    on
        holders.org = concurrent_evidence.org
        and holders.period_start = concurrent_evidence.period_start
        and holders.app_slug = concurrent_evidence.app_slug
        and holders.part_slug = concurrent_evidence.part_slug
where holders.count_model = 'named' or concurrent_evidence.shown_by = 'holders'
union all
select
    concurrent_evidence.org,
    concurrent_evidence.period_start,
    concurrent_evidence.app_slug,
    concurrent_evidence.part_slug,
    peaks.evidence,
    peaks.subject,
    peaks.usage_date,
    peaks.quantity,
    peaks.reported,
    peaks.file_id,
    peaks.line_number,
    peaks.detail
from concurrent_evidence
inner join peaks
    on
        concurrent_evidence.org = peaks.org
        and concurrent_evidence.period_start = peaks.period_start
        and concurrent_evidence.shown_by = peaks.sweep_subject
union all
select
    org,
    period_start,
    app_slug,
    part_slug,
    'hours' as evidence,
    user_key as subject,
    usage_date,
    quantity,
    reported,
    file_id,
    line_number,
    {{ plain_number('reported') }} || ' seconds of a holder' as detail
from hours
union all
select
    holder_hours.org,
    holder_hours.period_start,
    holder_hours.app_slug,
    holder_hours.part_slug,
    'rounding' as evidence,
    'whole hours' as subject,
    null::date as usage_date,
    (holder_hours.hours - hours_by_part.quantity)::decimal(18, 6) as quantity,
    null::decimal(18, 6) as reported,
    null as file_id,
    null::bigint as line_number,
    'the part''s hours are rounded up once (APP-1)' as detail
from holder_hours
inner join hours_by_part
    on
        holder_hours.org = hours_by_part.org
        and holder_hours.period_start = hours_by_part.period_start
        and holder_hours.app_slug = hours_by_part.app_slug
        and holder_hours.part_slug = hours_by_part.part_slug
where holder_hours.hours <> hours_by_part.quantity
