-- Grain: one row per organization, period, licence or add-on, and user, session, day or row of the
-- report that stands behind its actual quantity.
-- Supports INV-6 for the LIC rules, APP-1 (mimic) and TAX-2 (users).
-- Guarantees: the quantities of a licence or add-on add up to int_licences__actuals.
-- Forbids: counting; each row is one that a LIC model counted, with its place in the landing.
{{ config(materialized='table') }}
with

named_users as (

    select * from {{ ref('int_licences__named_users') }}

),

add_on_users as (

    select * from {{ ref('int_licences__add_on_users') }}

),

cx_pool as (

    select * from {{ ref('int_licences__cx_pool') }}

),

peaks as (

    select * from {{ ref('int_evidence__peaks') }}

),

logged_in_times as (

    select * from {{ ref('int_licences__logged_in_times') }}

),

actuals as (

    select * from {{ ref('int_licences__actuals') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

hours as (

    select
        logged_in_times.org,
        logged_in_times.period_start,
        logged_in_times.user_key,
        logged_in_times.licence,
        logged_in_times.usage_date,
        logged_in_times.from_at,
        {{ microseconds_as_hours('logged_in_times.logged_in_microseconds') }} as quantity,
        {{ microseconds_as_seconds('logged_in_times.logged_in_microseconds') }} as reported,
        coalesce(logged_in_times.file_id, files.file_id) as file_id,
        logged_in_times.line_number
    from logged_in_times
    left join files
        on
            logged_in_times.org = files.org
            and logged_in_times.received_rank = files.received_rank

),

hours_by_licence as (

    select
        org,
        period_start,
        licence,
        sum(quantity) as quantity
    from hours
    group by org, period_start, licence

)

select
    org,
    period_start,
    'licence' as item_kind,
    licence as item,
    'user' as evidence,
    user_key as subject,
    first_login_at::date as usage_date,
    1::decimal(18, 6) as quantity,
    null::decimal(18, 6) as reported,
    struct_extract(deciding_row, 'file_id') as file_id,
    struct_extract(deciding_row, 'line_number') as line_number,
    'first login ' || {{ utc_time_text('first_login_at') }} as detail
from named_users
union all
select
    org,
    period_start,
    'add_on' as item_kind,
    add_on as item,
    'user' as evidence,
    user_key as subject,
    first_login_at::date as usage_date,
    1::decimal(18, 6) as quantity,
    null::decimal(18, 6) as reported,
    struct_extract(deciding_row, 'file_id') as file_id,
    struct_extract(deciding_row, 'line_number') as line_number,
    'add-on seen ' || {{ utc_time_text('first_login_at') }} as detail
from add_on_users
union all
select
    cx_pool.org,
    cx_pool.period_start,
    'licence' as item_kind,
    cx_pool.licence as item,
    peaks.evidence,
    peaks.subject,
    peaks.usage_date,
    peaks.quantity,
    peaks.reported,
    peaks.file_id,
    peaks.line_number,
    peaks.detail
from cx_pool
inner join peaks
    on
        cx_pool.org = peaks.org
        and cx_pool.period_start = peaks.period_start
        and case cx_pool.evidence when 'sessions' then 'pool' else cx_pool.evidence end
        = peaks.sweep_subject
where cx_pool.licence is not null
union all
select
    org,
    period_start,
    'licence' as item_kind,
    licence as item,
    'hours' as evidence,
    user_key as subject,
    usage_date,
    quantity,
    reported,
    file_id,
    line_number,
    case
        when from_at is null then {{ plain_number('reported') }} || ' seconds, as reported'
        else
            {{ plain_number('reported') }} || ' seconds from ' || {{ utc_text('from_at') }}
            || ', beyond earlier sessions'
    end as detail
from hours
union all
select
    actuals.org,
    actuals.period_start,
    actuals.item_kind,
    actuals.item,
    'rounding' as evidence,
    'whole hours' as subject,
    null::date as usage_date,
    (actuals.actual - hours_by_licence.quantity)::decimal(18, 6) as quantity,
    null::decimal(18, 6) as reported,
    null as file_id,
    null::bigint as line_number,
    'the licence''s hours are rounded up once (LIC-11)' as detail
from actuals
inner join hours_by_licence
    on
        actuals.org = hours_by_licence.org
        and actuals.period_start = hours_by_licence.period_start
        and actuals.item = hours_by_licence.licence
where
    actuals.item_kind = 'licence'
    and actuals.licence_model = 'hourly'
    and actuals.actual <> hours_by_licence.quantity
