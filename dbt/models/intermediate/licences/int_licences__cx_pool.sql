-- Grain: one row per organization and period with a concurrent contract.
-- Rule: LIC-6. All CX users are one pool, billed at the highest CX tier that any of them held in
-- the period, in Billable Usage or a login session; if they name none, at the contract's highest.
-- The quantity is the peak on the best evidence there is (LIC-8): sessions, else the daily report,
-- else nothing, which is 0. `licence` is null only where nobody names a CX licence at all.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

billable_rows as (

    select * from {{ ref('int_licences__billable_rows') }}

),

kinds as (

    select * from {{ ref('int_licences__touching_kinds') }}

),

contract_licences as (

    select * from {{ ref('int_licences__contract_licences') }}

),

session_peaks as (

    select * from {{ ref('int_licences__session_peaks') }}
    where sweep_subject = 'pool'

),

daily_report_peaks as (

    select * from {{ ref('int_licences__daily_report_peaks') }}

),

held as (

    select
        org,
        period_start,
        item as licence,
        tier
    from billable_rows
    where is_cx
    union all
    select
        org,
        period_start,
        licence,
        tier
    from kinds
    where is_cx

),

highest_held as (

    select
        org,
        period_start,
        arg_max(licence, (tier, licence)) as licence
    from held
    group by
        org,
        period_start

),

highest_contracted as (

    select
        org,
        period_start,
        arg_max(licence, (tier, licence)) as licence
    from contract_licences
    where is_cx
    group by
        org,
        period_start

)

select
    scope.org,
    scope.period_start,
    coalesce(highest_held.licence, highest_contracted.licence) as licence,
    case
        when session_peaks.peak_users is not null then 'sessions'
        when daily_report_peaks.low_users is not null then 'daily_report'
        else 'none'
    end as evidence,
    coalesce(session_peaks.peak_users, daily_report_peaks.low_users, 0) as users_low,
    coalesce(session_peaks.peak_users, daily_report_peaks.high_users, 0) as users_high
from scope
left join session_peaks
    on
        scope.org = session_peaks.org
        and scope.period_start = session_peaks.period_start
left join daily_report_peaks
    on
        scope.org = daily_report_peaks.org
        and scope.period_start = daily_report_peaks.period_start
left join highest_held
    on
        scope.org = highest_held.org
        and scope.period_start = highest_held.period_start
left join highest_contracted
    on
        scope.org = highest_contracted.org
        and scope.period_start = highest_contracted.period_start
where scope.licence_model = 'concurrent'
