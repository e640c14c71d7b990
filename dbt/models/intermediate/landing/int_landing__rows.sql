-- Grain: one row per landed row of every usage report but the calls, which have their own views;
-- the vendor's invoices and payments are no usage and touch no charge.
-- Supports the data checks and PER-7: each row's key (what "the latest wins" is decided on), its
-- figures, and the time it touches: days as written, both ends included, or half-open instants.
-- Guarantees: one description of the reports for every check that asks "when" or "which key".
-- A point in time is an interval of a microsecond; an open end is infinity; a row without a time
-- touches nothing; org_users touch always.
{{ config(materialized='view') }}

select
    org,
    'billable_usage' as report,
    file_id,
    line_number,
    received_rank,
    false as is_daily,
    charge_name_key || ' / ' || entity_key || ' / ' || coalesce(first_login_at::varchar, '')
        as row_key,
    '' as figures,
    null::date as from_date,
    null::date as to_date,
    first_login_at as from_at,
    first_login_at + interval 1 microsecond as until_at
from {{ ref('stg_genesys__billable_usage') }}
union all
select
    org,
    'concurrent_usage' as report,
    file_id,
    line_number,
    received_rank,
    true as is_daily,
    usage_date::varchar as row_key,
    peak_users || ' / ' || minutes as figures,
    usage_date as from_date,
    usage_date as to_date,
    null::timestamp as from_at,
    null::timestamp as until_at
from {{ ref('stg_genesys__concurrent_usage') }}
union all
select
    org,
    'resources_usage' as report,
    file_id,
    line_number,
    received_rank,
    true as is_daily,
    usage_date || ' / ' || resource_name_key as row_key,
    quantity::varchar as figures,
    usage_date as from_date,
    usage_date as to_date,
    null::timestamp as from_at,
    null::timestamp as until_at
from {{ ref('stg_genesys__resources_usage') }}
union all
select
    org,
    'user_hours' as report,
    file_id,
    line_number,
    received_rank,
    true as is_daily,
    user_key || ' / ' || usage_date || ' / ' || coalesce(charge_name_key, '') as row_key,
    logged_in_milliseconds::varchar as figures,
    usage_date as from_date,
    usage_date as to_date,
    null::timestamp as from_at,
    null::timestamp as until_at
from {{ ref('stg_genesys__user_hours') }}
union all
select
    org,
    'login_sessions' as report,
    file_id,
    line_number,
    received_rank,
    true as is_daily,
    user_key || ' / ' || login_at || ' / ' || coalesce(client_key, '') as row_key,
    coalesce(logout_at::varchar, '') || ' / ' || coalesce(charge_name_key, '') as figures,
    null::date as from_date,
    null::date as to_date,
    case when logout_at is null or logout_at > login_at then login_at end as from_at,
    coalesce(logout_at, 'infinity'::timestamp) as until_at
from {{ ref('stg_genesys__login_sessions') }}
union all
select
    org,
    'appfoundry_usage' as report,
    file_id,
    line_number,
    received_rank,
    true as is_daily,
    app_key || ' / ' || part_key || ' / ' || usage_date as row_key,
    quantity::varchar as figures,
    usage_date as from_date,
    usage_date as to_date,
    null::timestamp as from_at,
    null::timestamp as until_at
from {{ ref('stg_genesys__appfoundry_usage') }}
union all
select
    org,
    'phone_numbers' as report,
    file_id,
    line_number,
    received_rank,
    false as is_daily,
    coalesce(nullif(number_digits, ''), phone_number) as row_key,
    number_type_key || ' / ' || active_from || ' / ' || coalesce(active_to::varchar, '') as figures,
    active_from as from_date,
    coalesce(active_to, 'infinity'::date) as to_date,
    null::timestamp as from_at,
    null::timestamp as until_at
from {{ ref('stg_genesys__phone_numbers') }}
union all
select
    org,
    'devices' as report,
    file_id,
    line_number,
    received_rank,
    false as is_daily,
    device_key as row_key,
    device_type_key || ' / ' || active_from || ' / ' || coalesce(active_to::varchar, '') as figures,
    active_from as from_date,
    coalesce(active_to, 'infinity'::date) as to_date,
    null::timestamp as from_at,
    null::timestamp as until_at
from {{ ref('stg_genesys__devices') }}
union all
select
    org,
    'org_users' as report,
    file_id,
    line_number,
    received_rank,
    false as is_daily,
    user_key as row_key,
    coalesce(division, '') || ' / ' || coalesce(department, '') || ' / '
    || coalesce(cost_center, '') as figures,
    '-infinity'::date as from_date,
    'infinity'::date as to_date,
    null::timestamp as from_at,
    null::timestamp as until_at
from {{ ref('stg_genesys__org_users') }}
