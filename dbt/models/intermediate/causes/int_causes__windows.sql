-- Grain: one row per organization, period of a vendor's invoice, kind of usage and window that a
-- vendor may have counted it in.
-- Supports REC-4 (period_cutoff: PER-2, PER-3, PER-5): the instants between which usage counts
-- under each reading of the seed usage_windows; the reading `own` is ours.
-- Guarantees: only windows that differ from ours; the own one once.
with

rows_to_explain as (

    select * from {{ ref('int_causes__rows') }}
    where is_varying

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

usage_windows as (

    select * from {{ ref('usage_windows') }}

),

periods as (

    select
        scope.*,
        timezone('UTC', timezone(scope.time_zone, scope.period_start::timestamp)) as local_from
    from scope
    where
        (scope.org, scope.period_start, scope.invoice_month) in (
            select (
                rows_to_explain.org,
                rows_to_explain.period_start,
                rows_to_explain.invoice_month
            )
            from rows_to_explain
        )

),

own as (

    select
        org,
        period_start,
        'calls' as usage_kind,
        voice_from as from_at,
        voice_to as to_at
    from periods
    union all
    select
        org,
        period_start,
        'users' as usage_kind,
        starts_at as from_at,
        ends_at as to_at
    from periods

),

read_otherwise as (

    select
        periods.org,
        periods.period_start,
        usage_windows.reading,
        usage_windows.position,
        coalesce(usage_windows.time_zone, periods.time_zone) as time_zone,
        usage_windows.cutoff_seconds,
        case
            when usage_windows.is_calendar_month then periods.invoice_month
            else periods.period_start
        end as first_date,
        case
            when usage_windows.is_calendar_month
                then (periods.invoice_month + interval 1 month)::date
            else (periods.next_period_start + usage_windows.extra_days)::date
        end as end_date,
        usage_windows.extra_days,
        usage_windows.is_own_clock,
        usage_windows.words
    from periods
    cross join usage_windows

),

timed as (

    select
        *,
        case
            when cutoff_seconds is not null then first_date::timestamp + to_seconds(cutoff_seconds)
            else {{ local_midnight_utc('first_date', 'time_zone') }}
        end as clock_from_at,
        case
            when cutoff_seconds is not null then end_date::timestamp + to_seconds(cutoff_seconds)
            else {{ local_midnight_utc('end_date', 'time_zone') }}
        end as clock_to_at
    from read_otherwise

),

placed as (

    select
        own.org,
        own.period_start,
        own.usage_kind,
        timed.reading,
        timed.position,
        timed.words,
        case when timed.is_own_clock then own.from_at else timed.clock_from_at end as from_at,
        case
            when timed.is_own_clock then own.to_at + to_days(timed.extra_days)
            else timed.clock_to_at
        end as to_at,
        own.from_at as own_from_at,
        own.to_at as own_to_at
    from own
    inner join timed
        on
            own.org = timed.org
            and own.period_start = timed.period_start

)

select
    org,
    period_start,
    usage_kind,
    reading,
    position,
    words,
    from_at,
    to_at
from placed
where from_at <> own_from_at or to_at <> own_to_at
union all
select
    org,
    period_start,
    usage_kind,
    'own' as reading,
    0 as position,
    'our window' as words,
    from_at,
    to_at
from own
