-- Grain: one row per organization and period that fails.
-- Rule: LIC-10. A CX charge name of the period, in Billable Usage, login sessions or user
-- hours, says another licence model than the contract's. A name that says none is never a
-- failure.
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

reported_hours as (

    select * from {{ ref('int_licences__reported_hours') }}

),

charge_names as (

    select * from {{ ref('int_licences__charge_names') }}

),

said as (

    select
        org,
        period_start,
        'Billable Usage' as report,
        charge_name,
        licence_model
    from billable_rows
    where is_cx
    union all
    select
        org,
        period_start,
        'login sessions' as report,
        charge_name,
        licence_model
    from kinds
    where is_cx
    union all
    select
        reported_hours.org,
        reported_hours.period_start,
        'user hours' as report,
        reported_hours.charge_name,
        charge_names.licence_model
    from reported_hours
    inner join charge_names
        on
            reported_hours.org = charge_names.org
            and reported_hours.period_start = charge_names.period_start
            and reported_hours.charge_name_key = charge_names.charge_name_key
    where charge_names.is_cx

)

select
    said.org,
    said.period_start,
    'The contract''s licence model is ' || scope.licence_model || ', but the reports name '
    || {{ listed_names("said.charge_name || ' (' || said.report || ')'") }}
    || '. Licence models cannot mix: amend the contract''s licence_model or correct the reports.'
        as detail
from said
inner join scope
    on
        said.org = scope.org
        and said.period_start = scope.period_start
where said.licence_model <> scope.licence_model
group by
    said.org,
    said.period_start,
    scope.licence_model
