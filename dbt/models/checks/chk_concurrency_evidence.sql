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

failures as (

    select
        cx_pool.org,
        cx_pool.period_start,
        'the billed peak of the CX pool is between ' || cx_pool.users_low::varchar || ' and '
        || cx_pool.users_high::varchar || ' users' as failure
    from cx_pool
    inner join scope
        on
            cx_pool.org = scope.org
            and cx_pool.period_start = scope.period_start
    where cx_pool.users_low <> cx_pool.users_high and not scope.accept_daily_report
    union all
    select
        concurrent_holders.org,
        concurrent_holders.period_start,
        'the billed peak of ' || concurrent_holders.app_slug || '.' || concurrent_holders.part_slug
        || ' is between ' || concurrent_holders.users_low::varchar || ' and '
        || concurrent_holders.users_high::varchar || ' users' as failure
    from concurrent_holders
    inner join scope
        on
            concurrent_holders.org = scope.org
            and concurrent_holders.period_start = scope.period_start
    where
        concurrent_holders.users_low <> concurrent_holders.users_high
        and not scope.accept_daily_report
    union all
    select
        org,
        period_start,
        'neither usage nor the contract names a CX licence for the pool of '
        || users_high::varchar || ' users' as failure
    from cx_pool
    where licence is null and users_high > 0

)

select
    org,
    period_start,
    'The Concurrent Usage report does not prove a quantity: ' || {{ listed_names('failure') }}
    || '. Land the login sessions of the period, or set peak.accept_daily_report: true.' as detail
from failures
group by
    org,
    period_start
