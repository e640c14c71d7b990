-- Grain: one row per organization, period and user that is billable in it.
-- Rules: LIC-1 (one billable login makes a unit), LIC-2 (once, at the highest tier seen, for the
-- whole period), CON-10 (so nothing is prorated), LIC-4 (a login counts whoever is deleted since;
-- without one nobody counts).
-- `deciding_row` is the place of the row that names the licence (INV-6).
-- Never: a user by an add-on, an app or a device row alone.
with

billable_rows as (

    select * from {{ ref('int_licences__billable_rows') }}

)

select
    org,
    period_start,
    entity_key as user_key,
    arg_max(item, (tier, item)) as licence,
    arg_max(is_cx, (tier, item)) as is_cx,
    bool_or(is_cx) as has_cx_row,
    min(first_login_at) as first_login_at,
    arg_max(
        {
            'file_id': file_id,
            'line_number': line_number
        }, (tier, item, charge_name_key)
    ) as deciding_row
from billable_rows
where item_kind = 'licence'
group by
    org,
    period_start,
    entity_key
