-- Grain: one row per report, organization and reason.
-- Rule: PER-7 (usage before the effective date or after the last period in force is kept and shown
-- here; an organization without a contract has no period at all).
-- Guarantees: over the whole history, each row or call once, as its latest version; an interval
-- counts only if no moment of it lies in a period in force. Calls are read from those files alone
-- that reach outside.
-- Forbids: billing any of it.
{{ config(materialized='table') }}

with

organizations as (

    select * from {{ ref('stg_contracts__organizations') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

landed_rows as (

    select * from {{ ref('int_landing__rows') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

bounds as (

    -- where the periods in force begin and, if they end, end
    select
        organizations.org,
        min(periods.period_start) as from_date,
        min(periods.starts_at) as from_at,
        min(periods.voice_from) as voice_from,
        min(periods.period_start) filter (where not periods.is_in_force) as until_date,
        min(periods.starts_at) filter (where not periods.is_in_force) as until_at,
        min(periods.voice_from) filter (where not periods.is_in_force) as voice_until
    from organizations
    inner join periods
        on organizations.org = periods.org
    group by organizations.org

),

latest_rows as (

    -- a daily row's key says when it is, so rows that lie inside need no look at their versions
    select
        landed_rows.org,
        landed_rows.report,
        landed_rows.from_date,
        landed_rows.to_date,
        landed_rows.from_at,
        landed_rows.until_at,
        bounds.from_date as first_date,
        bounds.from_at as first_at,
        bounds.until_date as end_date,
        bounds.until_at as end_at
    from landed_rows
    left join bounds
        on landed_rows.org = bounds.org
    where
        bounds.org is null
        or landed_rows.report in ('phone_numbers', 'devices')
        or landed_rows.from_date < bounds.from_date
        or landed_rows.from_date >= bounds.until_date
        or landed_rows.from_at < bounds.from_at
        or landed_rows.from_at >= bounds.until_at
    qualify
        row_number() over (
            partition by landed_rows.org, landed_rows.report, landed_rows.row_key
            order by landed_rows.received_rank desc, landed_rows.line_number desc
        ) = 1

),

placed_rows as (

    select
        org,
        report,
        case
            when first_date is null then 'no_contract'
            when to_date < first_date or until_at <= first_at then 'before_effective_date'
            when from_date >= end_date or from_at >= end_at then 'after_last_period'
        end as reason,
        null::decimal(18, 6) as cost
    from latest_rows
    where
        report <> 'org_users'
        and (from_date is not null or from_at is not null)

),

files_outside as (

    select
        files.file_id,
        files.received_rank,
        bounds.org is null as is_without_contract,
        bounds.voice_from,
        bounds.voice_until
    from files
    left join bounds
        on files.org = bounds.org
    where
        files.report = 'voice_usage'
        and (
            bounds.org is null
            or files.first_at < bounds.voice_from
            or files.last_at >= bounds.voice_until
        )

),

placed_calls as (

    select
        calls.org,
        'voice_usage' as report,
        case
            when files_outside.is_without_contract then 'no_contract'
            when calls.start_at < files_outside.voice_from then 'before_effective_date'
            when calls.start_at >= files_outside.voice_until then 'after_last_period'
        end as reason,
        coalesce(calls.cdr_cost, 0)::decimal(18, 6) as cost
    from files_outside
    inner join calls
        on files_outside.file_id = calls.file_id
    where
        files_outside.is_without_contract
        or calls.start_at < files_outside.voice_from
        or calls.start_at >= files_outside.voice_until
    qualify
        row_number() over (
            partition by
                calls.org,
                calls.sip_call_id,
                lower(calls.direction),
                calls.start_at,
                calls.origin,
                calls.destination
            order by files_outside.received_rank desc, calls.line_number desc
        ) = 1

),

placed as (

    select * from placed_rows
    union all
    select * from placed_calls

)

select
    org,
    report,
    reason,
    count(*) as rows,
    sum(cost)::decimal(38, 6) as cost
from placed
where reason is not null
group by org, report, reason
