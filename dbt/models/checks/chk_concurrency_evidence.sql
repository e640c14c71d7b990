-- Grain: one row per organization and period that fails.
-- Supports LIC-8: a peak whose only evidence is the daily report is a range. Unless both ends are
-- equal, or the contract accepts the report, it is not proved, in the ramp neither.
-- A pool of users without any licence to bill it at (LIC-6) fails too: it must not vanish.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

cx_pool as (

    select * from {{ ref('int_licences__cx_pool') }}

),

concurrent_holders as (

    select * from {{ ref('int_appfoundry__concurrent_holders') }}

),

ranges as (

    select
        org,
        period_start,
        'the CX pool' as counted,
        users_low,
        users_high
    from cx_pool
    union all
    select
        org,
        period_start,
        app_slug || '.' || part_slug as counted,
        users_low,
        users_high
    from concurrent_holders

),

unproved as (

    select
        ranges.org,
        ranges.period_start,
        'the billed peak of ' || ranges.counted || ' is between ' || ranges.users_low::varchar
        || ' and ' || ranges.users_high::varchar || ' users' as failure
    from ranges
    inner join scope
        on
            ranges.org = scope.org
            and ranges.period_start = scope.period_start
    where
        ranges.users_low <> ranges.users_high
        and not scope.accept_daily_report

),

failures as (

    select
        org,
        period_start,
        'The Concurrent Usage report does not prove a quantity: ' || {{ listed_names('failure') }}
        || '. Land the login sessions of the period, or set peak.accept_daily_report: true.'
            as failure
    from unproved
    group by
        org,
        period_start
    union all
    select
        org,
        period_start,
        'The pool has users and no licence: neither usage nor the contract names a CX licence for '
        || 'a peak of ' || users_high::varchar || ' users. List the CX licence in the contract.'
            as failure
    from cx_pool
    where licence is null and users_high > 0

)

select
    org,
    period_start,
    string_agg(failure, ' ' order by failure) as detail
from failures
group by
    org,
    period_start
