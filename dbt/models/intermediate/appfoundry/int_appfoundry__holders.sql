-- Grain: one row per organization, period, app part of type `user` and user that is counted for it.
-- Supports APP-1: users that are billable in the period and have a row with the part's charge name.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

app_parts as (

    select * from {{ ref('stg_contracts__app_parts') }}
    where part_type = 'user'

),

billable_rows as (

    select * from {{ ref('int_licences__billable_rows') }}

),

users as (

    select * from {{ ref('int_licences__users') }}

)

select
    scope.org,
    scope.period_start,
    app_parts.app_slug,
    app_parts.part_slug,
    app_parts.count_model,
    users.user_key,
    arg_min(
        {
            'file_id': billable_rows.file_id,
            'line_number': billable_rows.line_number
        },
        (billable_rows.first_login_at, billable_rows.charge_name_key)
    ) as deciding_row
from scope
inner join app_parts
    on
        scope.org = app_parts.org
        and scope.contract_version = app_parts.version
inner join billable_rows
    on
        scope.org = billable_rows.org
        and scope.period_start = billable_rows.period_start
        and {{ name_key('app_parts.charge_name') }} = billable_rows.charge_name_key
inner join users
    on
        billable_rows.org = users.org
        and billable_rows.period_start = users.period_start
        and billable_rows.entity_key = users.user_key
group by
    scope.org,
    scope.period_start,
    app_parts.app_slug,
    app_parts.part_slug,
    app_parts.count_model,
    users.user_key
