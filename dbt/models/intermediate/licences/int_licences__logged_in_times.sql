-- Grain: one row per organization and period with an hourly contract, user, CX licence, and row of
-- the report or session that adds time to it.
-- Rule: LIC-11, the hours behind a licence. The licence is the report's, else the user's
-- highest in Billable Usage, else the contract's only CX licence; a user without a CX licence
-- has none to bill.
-- Hours are the report's; if it has no row in the period, those of login sessions other than
-- Tempo's, a user's overlaps under one licence once: each session has what it adds to the ones
-- before it, so the times of a user add up.
with

scope as (

    select * from {{ ref('int_periods__scope') }}
    where licence_model = 'hourly'

),

reported_hours as (

    select * from {{ ref('int_licences__reported_hours') }}

),

charge_names as (

    select * from {{ ref('int_licences__charge_names') }}
    where item_kind = 'licence'

),

users as (

    select * from {{ ref('int_licences__users') }}

),

kinds as (

    select * from {{ ref('int_licences__touching_kinds') }}

),

sessions as (

    select * from {{ ref('int_licences__sessions') }}

),

contract_licences as (

    select * from {{ ref('int_licences__contract_licences') }}

),

licences as (

    select * from {{ ref('stg_catalogue__licences') }}

),

only_licences as (

    select
        org,
        period_start,
        min(licence) as licence
    from contract_licences
    where is_cx
    group by
        org,
        period_start
    having count(*) = 1

),

reported_periods as (

    select
        org,
        period_start
    from reported_hours
    group by
        org,
        period_start

),

reported as (

    select
        scope.org,
        scope.period_start,
        reported_hours.user_key,
        coalesce(charge_names.item, users.licence, only_licences.licence) as licence,
        reported_hours.usage_date,
        reported_hours.file_id,
        null::bigint as received_rank,
        reported_hours.line_number,
        reported_hours.logged_in_microseconds
    from scope
    inner join reported_hours
        on
            scope.org = reported_hours.org
            and scope.period_start = reported_hours.period_start
    left join charge_names
        on
            reported_hours.org = charge_names.org
            and reported_hours.period_start = charge_names.period_start
            and reported_hours.charge_name_key = charge_names.charge_name_key
    left join users
        on
            reported_hours.org = users.org
            and reported_hours.period_start = users.period_start
            and reported_hours.user_key = users.user_key
    left join only_licences
        on
            reported_hours.org = only_licences.org
            and reported_hours.period_start = only_licences.period_start

),

settled_kinds as (

    select
        kinds.org,
        kinds.period_start,
        kinds.user_key,
        kinds.kind_number,
        coalesce(kinds.licence, kinds.user_licence, only_licences.licence) as licence
    from kinds
    inner join scope
        on
            kinds.org = scope.org
            and kinds.period_start = scope.period_start
    left join only_licences
        on
            kinds.org = only_licences.org
            and kinds.period_start = only_licences.period_start
    anti join reported_periods
        on
            kinds.org = reported_periods.org
            and kinds.period_start = reported_periods.period_start
    where not kinds.is_tempo

),

settled_sessions as (

    select
        settled_kinds.org,
        settled_kinds.period_start,
        settled_kinds.user_key,
        settled_kinds.licence,
        sessions.received_rank,
        sessions.line_number,
        sessions.from_at,
        sessions.to_at
    from sessions
    inner join settled_kinds
        on sessions.kind_number = settled_kinds.kind_number

),

session_stretches as (

    {{ without_overlaps(
        'settled_sessions',
        ['org', 'period_start', 'user_key', 'licence'],
        ['received_rank', 'line_number']
    ) | indent(4) }}

),

logged_in as (

    select
        org,
        period_start,
        user_key,
        licence,
        usage_date,
        null::timestamp as from_at,
        file_id,
        received_rank,
        line_number,
        logged_in_microseconds
    from reported
    union all
    select
        org,
        period_start,
        user_key,
        licence,
        from_at::date as usage_date,
        from_at,
        null as file_id,
        received_rank,
        line_number,
        epoch_us(to_at) - epoch_us(from_at) as logged_in_microseconds
    from session_stretches

)

select
    logged_in.org,
    logged_in.period_start,
    logged_in.user_key,
    logged_in.licence,
    logged_in.usage_date,
    logged_in.from_at,
    logged_in.file_id,
    logged_in.received_rank,
    logged_in.line_number,
    logged_in.logged_in_microseconds::bigint as logged_in_microseconds
from logged_in
inner join licences
    on
        logged_in.licence = licences.licence
        and logged_in.period_start >= licences.effective_from
        and logged_in.period_start < licences.effective_until
where licences.is_cx
