-- Grain: one row per organization, period, entity, report name and what the name means (null:
-- nobody knows it), with the first login the report shows.
-- Supports LIC-1 to LIC-6: which period a Billable Usage row belongs to is decided by its
-- instant.
-- Guarantees: rows are a set, equal ones count once. Never: a row without a timestamp.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

billable_usage as (

    select * from {{ ref('stg_genesys__billable_usage') }}

),

charge_names as (

    select * from {{ ref('int_licences__charge_names') }}

),

of_the_period as (

    select
        scope.org,
        scope.period_start,
        billable_usage.entity_key,
        billable_usage.charge_name_key,
        min(billable_usage.charge_name) as charge_name,
        min(billable_usage.first_login_at) as first_login_at,
        arg_min(
            {
                'file_id': billable_usage.file_id,
                'line_number': billable_usage.line_number
            },
            (
                billable_usage.first_login_at,
                billable_usage.received_rank,
                billable_usage.line_number
            )
        ) as first_row
    from scope
    inner join billable_usage
        on
            scope.org = billable_usage.org
            and scope.starts_at <= billable_usage.first_login_at
            and scope.ends_at > billable_usage.first_login_at
    group by
        scope.org,
        scope.period_start,
        billable_usage.entity_key,
        billable_usage.charge_name_key

)

select
    of_the_period.org,
    of_the_period.period_start,
    of_the_period.entity_key,
    of_the_period.charge_name_key,
    of_the_period.charge_name,
    of_the_period.first_login_at,
    struct_extract(of_the_period.first_row, 'file_id') as file_id,
    struct_extract(of_the_period.first_row, 'line_number') as line_number,
    charge_names.item_kind,
    charge_names.item,
    charge_names.licence_model,
    charge_names.tier,
    charge_names.is_cx
from of_the_period
left join charge_names
    on
        of_the_period.org = charge_names.org
        and of_the_period.period_start = charge_names.period_start
        and of_the_period.charge_name_key = charge_names.charge_name_key
