-- Grain: one row per organization and period of the scope of which a run has calls to rate.
-- The days whose calls a run rates: the sums of all others are kept from the runs before.
-- A period is due as a whole until a published run has rated it, and when its contract, the
-- reference or the users of its organization changed; else from the first to the last day that its
-- new files reach.
-- Guarantees: what a new file adds or replaces lies in its span: a replaced call starts when the
-- one that replaces it does (VOX-10). A span begins and ends with a UTC day or the voice window.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

kept_months as (

    select * from {{ ref('stg_ops__kept_months') }}

),

changed_orgs as (

    select * from {{ ref('stg_ops__changed_orgs') }}

),

new_files as (

    select * from {{ ref('stg_ops__files') }}
    where is_new

),

new_users as (

    select org
    from new_files
    where report = 'org_users'
    group by org

),

periods as (

    select
        scope.org,
        scope.period_start,
        scope.voice_from,
        scope.voice_to,
        kept_months.org is null
        or scope.org in (select changed_orgs.org from changed_orgs)
        or scope.org in (select new_users.org from new_users) as is_whole
    from scope
    left join kept_months
        on
            scope.org = kept_months.org
            and scope.invoice_month = kept_months.invoice_month

),

touched as (

    select
        periods.org,
        periods.period_start,
        min(new_files.first_at)::date as first_date,
        max(new_files.last_at)::date as last_date
    from periods
    inner join new_files
        on
            periods.org = new_files.org
            and periods.voice_from <= new_files.last_at
            and periods.voice_to > new_files.first_at
    where new_files.report = 'voice_usage'
    group by
        periods.org,
        periods.period_start

)

select
    periods.org,
    periods.period_start,
    periods.is_whole,
    case
        when periods.is_whole then periods.voice_from
        else greatest(periods.voice_from, touched.first_date::timestamp)
    end as due_from,
    case
        when periods.is_whole then periods.voice_to
        else least(periods.voice_to, touched.last_date::timestamp + interval 1 day)
    end as due_to
from periods
left join touched
    on
        periods.org = touched.org
        and periods.period_start = touched.period_start
where periods.is_whole or touched.org is not null
