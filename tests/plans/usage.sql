-- Usage of three organizations, enough of it that the planner takes the big side for big.
insert into ops.files by name
select
    org || '-' || report as file_id, org, report, 'p' as path, 's' as sha256,
    timestamp '2026-04-01' as received_at, 1 as received_rank, 0 as bytes, 0 as lines,
    0 as header_lines, 0 as blank_lines, 0 as record_lines, 0 as rows_read, 0 as rows_loaded,
    0 as rows_rejected, 0 as rows_duplicate, 0 as rows_superseded, 0 as rows_pruned, 0 as cost_read, 0 as cost_loaded,
    0 as cost_rejected, 0 as cost_duplicate, timestamp '2026-03-01' as first_at,
    timestamp '2026-03-31' as last_at, 'loaded' as status, true as is_new
from unnest(['acme', 'hora', 'kuma']) as orgs (org)
cross join unnest(['voice_usage', 'login_sessions']) as reports (report);

create table genesys.landed_calls as
select
    ['acme', 'hora', 'kuma'][1 + i % 3] as org,
    org || '-voice_usage' as file_id,
    i as line_number,
    'sip-' || i as sip_call_id,
    '+13175550100' as origin,
    '+1212' || lpad((hash(i) % 10000000)::varchar, 7, '0') as destination,
    'group' as usage_group,
    null::varchar as usage_group_display,
    'Domestic' as call_type,
    'Outbound' as direction,
    timestamp '2026-03-01' + to_seconds((hash(i) % 2678400)::bigint) as start_at,
    null::timestamp as end_at,
    (hash(i) % 600)::bigint as duration_seconds,
    null::bigint as cdr_adjusted_seconds,
    null::decimal(18, 6) as cdr_adjusted_minutes,
    null::decimal(18, 6) as cdr_rate_per_minute,
    0.01::decimal(18, 6) as cdr_cost,
    'USD' as currency,
    'us-2026' as rate_sheet,
    null::varchar as postal_code
from range(60000) as calls (i);

create or replace view genesys.voice_usage as select * from genesys.landed_calls;

insert into genesys.login_sessions by name
select
    org,
    org || '-login_sessions' as file_id,
    line_number,
    'user' || line_number % 500 as user_name,
    start_at as login_at,
    start_at + interval 2 hour as logout_at,
    'Genesys Cloud CX 2' as charge_name
from genesys.landed_calls;

insert into intermediate.int_telco__voice_windows by name
select
    org, date '2026-03-01' as period_start, date '2026-03-01' as invoice_month,
    timestamp '2026-03-01' as voice_from, timestamp '2026-04-01' as voice_to, 'US' as own_country,
    'USD' as contract_currency, 'cdr' as voice_rating, 'us-2026' as rate_sheet_key,
    'up' as rounding, 6 as increment_seconds, 6 as short_call_seconds,
    date '2020-01-01' as catalogue_from, timestamp '2026-03-01' as due_from,
    timestamp '2026-04-01' as due_to
from unnest(['acme', 'hora', 'kuma']) as orgs (org);

insert into intermediate.int_licences__sweep_subjects by name
select
    org, date '2026-03-01' as period_start, 'pool' as sweep_subject,
    row_number() over (order by org) as subject_number, timestamp '2026-03-01' as starts_at,
    timestamp '2026-04-01' as ends_at, 'contiguous' as peak_mode, 1800000000 as peak_microseconds
from unnest(['acme', 'hora', 'kuma']) as orgs (org);

insert into intermediate.int_licences__subject_days by name
select
    subject_number, usage_date::date as usage_date, usage_date as day_starts_at,
    row_number() over (order by subject_number, usage_date) as days_begun
from intermediate.int_licences__sweep_subjects
cross join generate_series(timestamp '2026-03-01', timestamp '2026-03-31', interval 1 day)
    as days (usage_date);

insert into intermediate.int_licences__touching_kinds by name
select
    ['acme', 'hora', 'kuma'][1 + i % 3] as org, date '2026-03-01' as period_start,
    i as kind_number, i as user_number, 'user' || i as user_key, true as is_pool_session
from range(1500) as kinds (i);

insert into intermediate.int_licences__sessions by name
select
    line_number % 1500 as kind_number, line_number % 1500 as user_number, start_at as from_at,
    start_at + interval 2 hour as to_at
from genesys.landed_calls;

insert into intermediate.int_telco__services by name
select
    kind_id, date '2020-01-01' as catalogue_from, 'Outbound' as direction,
    ['group', 'other', 'more'][kind_id] as usage_group, 'Domestic' as call_type,
    'outbound' as direction_key, 'outbound' as service
from unnest([1, 2, 3]) as kinds (kind_id);

insert into intermediate.int_telco__country_starts by name
select
    date '2020-01-01' as catalogue_from, lookup_length, i * 100 + lookup_length as start,
    'US' as country, false as is_toll_free
from range(1000) as starts (i)
cross join unnest([4, 5, 6, 7]) as lengths (lookup_length);

insert into intermediate.int_telco__rate_days by name
select 'us-2026' as rate_sheet_key, call_date::date as call_date, date '2026-01-01' as era_from
from generate_series(timestamp '2026-03-01', timestamp '2026-04-01', interval 1 day)
    as days (call_date);

insert into intermediate.int_telco__rate_contexts by name
select
    kind_id as context_id, 'us-2026' as rate_sheet_key, date '2026-01-01' as era_from,
    date '2020-01-01' as catalogue_from, kind_id
from unnest([1, 2, 3]) as kinds (kind_id);

insert into intermediate.int_telco__rate_starts by name
select
    context_id, lookup_length, i * 100 + lookup_length as start, 0.0119 as rate_per_minute,
    11900 as rate_micro
from range(1000) as starts (i)
cross join unnest([4, 5, 6, 7]) as lengths (lookup_length)
cross join unnest([1, 2, 3]) as contexts (context_id);
