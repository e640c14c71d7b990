-- Grain: one row per organization, period, user and add-on.
-- Rules: LIC-3 (an add-on counts once per user, and only for users that are billable), LIC-12
-- (Microsoft Teams users are such an add-on: without a billable login they are none).
with

billable_rows as (

    select * from {{ ref('int_licences__billable_rows') }}

),

users as (

    select * from {{ ref('int_licences__users') }}

)

select
    billable_rows.org,
    billable_rows.period_start,
    billable_rows.entity_key as user_key,
    billable_rows.item as add_on,
    min(billable_rows.first_login_at) as first_login_at,
    arg_min(
        {
            'file_id': billable_rows.file_id,
            'line_number': billable_rows.line_number
        },
        (billable_rows.first_login_at, billable_rows.charge_name_key)
    ) as deciding_row
from billable_rows
inner join users
    on
        billable_rows.org = users.org
        and billable_rows.period_start = users.period_start
        and billable_rows.entity_key = users.user_key
where billable_rows.item_kind = 'add_on'
group by
    billable_rows.org,
    billable_rows.period_start,
    billable_rows.entity_key,
    billable_rows.item
