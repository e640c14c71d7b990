-- Three small organizations with something of every family, written straight into the tables that
-- Python writes: what reconciliation is tried on.
-- acme: named, annual monthly, calls, resources, numbers, a tax, a fee; hora: hourly, yen, monthly;
-- novi: annual prepay, in a software-free ramp from which one add-on is excepted.
insert into ops.run values ('small', date '2026-06-01', timestamp '2026-06-01 08:00:00', false);

insert into ops.run_requests values
    ('acme', date '2026-01-01'),
    ('acme', date '2026-02-01'),
    ('acme', date '2026-03-01'),
    ('hora', date '2026-03-01'),
    ('novi', date '2026-03-01');

insert into contracts.organizations values
    ('acme', 'UTC', date '2026-01-15', 0, 12, 'contracts/acme.yml', 'a'),
    ('hora', 'Asia/Tokyo', date '2026-01-01', 0, 12, 'contracts/hora.yml', 'b'),
    ('novi', 'Europe/Berlin', date '2026-03-01', 2, 12, 'contracts/novi.yml', 'c');

insert into contracts.versions by name
select
    org,
    0 as version,
    effective_date as effective_from,
    org as name,
    case org when 'acme' then 'US' when 'hora' then 'JP' else 'DE' end as country,
    case org when 'acme' then 'USD' when 'hora' then 'JPY' else 'EUR' end as currency,
    org as customer,
    'direct' as channel,
    false as is_trial,
    'software_free' as ramp_policy,
    true as auto_renew,
    case org
        when 'acme' then 'annual_monthly'
        when 'hora' then 'monthly'
        else 'annual_prepay'
    end as subscription,
    case org when 'hora' then 'hourly' else 'named' end as licence_model,
    30 as payment_terms_days,
    'allowed' as mixed_tiers,
    30 as peak_minutes,
    'cumulative_at_least' as peak_mode,
    false as accept_daily_report,
    'cdr' as voice_rating,
    'up' as rounding,
    6 as increment_seconds,
    case org when 'acme' then 0.012 end as short_call_rate,
    100 as short_call_min_calls,
    0.15 as short_call_min_share,
    null as is_short_call_billed_in_ramp,
    'arrears' as numbers_billing
from contracts.organizations;

insert into contracts.licences values
    ('acme', 0, 1, 'cx2', 2, 95, 115, null, null),
    ('hora', 0, 1, 'cx2', 10, 120, 150, null, null),
    ('novi', 0, 1, 'cx1', 5, 70, 80, null, null);
insert into contracts.add_ons values
    ('acme', 0, 1, 'wem', 'Genesys Cloud CX 2 WEM Add-On I', 1, 25, 30, null, null),
    ('novi', 0, 1, 'wem', 'Genesys Cloud CX 1 WEM Add-On II', 0, 25, 30, null, true);
insert into contracts.resources values ('acme', 0, 1, 'ivr_minutes', 0.0075, null, null, null);
insert into contracts.numbers values ('acme', 0, 'did', 1, 1.5, null);
insert into contracts.recurring values
    ('acme', 0, 1, 'Premium care', 'premium_care', 'core', 1, 250, null, null, false, null);
insert into contracts.fees values
    ('acme', 0, 1, 'Regulatory fee', 'regulatory_fee', 'calls', 0.01, null);
insert into contracts.taxes values
    ('acme', 0, 1, 'State sales tax', 'state_sales_tax', 0.07, null),
    ('hora', 0, 1, 'Consumption tax', 'consumption_tax', 0.1, null);

-- three users, one of them with an add-on; a row without a login, a row of another period
insert into genesys.billable_usage values
    ('acme', 'users', 2, 'Genesys Cloud CX 2 User', 'ann@acme.example', '2026-02-16 09:00:00'),
    ('acme', 'users', 3, 'Genesys Cloud CX 2 User', 'bob@acme.example', '2026-02-17 09:00:00'),
    ('acme', 'users', 4, 'Genesys Cloud CX 2 User', 'Cid@acme.example', '2026-03-14 23:59:59'),
    ('acme', 'users', 5, 'Genesys Cloud CX 2 WEM Add-On I', 'ann@acme.example', '2026-02-16 09:00:00'),
    ('acme', 'users', 6, 'Genesys Cloud CX 2 WEM Add-On I', 'bob@acme.example', '2026-02-17 09:00:00'),
    ('acme', 'users', 7, 'Genesys Cloud CX 2 User', 'dan@acme.example', null),
    ('acme', 'users', 8, 'Genesys Cloud CX 2 User', 'eve@acme.example', '2026-03-15 00:00:00'),
    ('novi', 'ramp', 2, 'Genesys Cloud CX 1 User', 'uwe@novi.example', '2026-03-02 09:00:00'),
    ('novi', 'ramp', 3, 'Genesys Cloud CX 1 WEM Add-On II', 'uwe@novi.example', '2026-03-02 09:00:00');

insert into genesys.user_hours values
    ('hora', 'hours', 2, 'ken@hora.example', date '2026-03-02', 30000000, 'Genesys Cloud CX 2 Hourly'),
    ('hora', 'hours', 3, 'ken@hora.example', date '2026-03-03', 30000000, 'Genesys Cloud CX 2 Hourly');

insert into genesys.resources_usage values
    ('acme', 'resources', 2, date '2026-02-20', 'IVR Minutes', 6000.25, 'minutes'),
    ('acme', 'resources', 3, date '2026-02-21', 'IVR Minutes', 4000, 'minutes'),
    ('acme', 'resources_again', 2, date '2026-02-21', 'ivr  minutes', 4500, 'minutes');

insert into genesys.phone_numbers values
    ('acme', 'numbers', 2, '+1 (317) 555-0101', 'DID', date '2026-01-15', null, 'US', false),
    ('acme', 'numbers', 3, '+1 (317) 555-0102', 'DID', date '2026-03-01', null, 'US', true),
    ('acme', 'numbers', 4, '+1 (317) 555-0103', 'DID', date '2026-01-15', date '2026-02-14', 'US', false);

-- 120 calls of the period, 30 of them short, five landed twice; two before the effective date
create table genesys.landed_calls as
select
    'acme' as org,
    case when place < 5 and again then 'calls_again' else 'calls' end as file_id,
    (place + 2)::bigint as line_number,
    'sip-' || place as sip_call_id,
    '+13175550101' as origin,
    case when place % 3 = 0 then '+33142685300' else '+14155550100' end as destination,
    null::varchar as usage_group,
    null::varchar as usage_group_display,
    'Standard' as call_type,
    'Outbound' as direction,
    case
        when place >= 120 then timestamp '2026-01-10 10:00:00'
        else timestamp '2026-02-15 10:00:00' + to_minutes((place * 300)::integer)
    end as start_at,
    null::timestamp as end_at,
    case when place % 4 = 0 then 5 else 55 end::bigint as duration_seconds,
    case when place % 4 = 0 then 6 else 60 end::bigint as cdr_adjusted_seconds,
    case when place % 4 = 0 then 0.1 else 1 end::decimal(18, 6) as cdr_adjusted_minutes,
    0.0119::decimal(18, 6) as cdr_rate_per_minute,
    case when place % 4 = 0 then 0.0012 else 0.0119 end::decimal(18, 6) as cdr_cost,
    'USD' as currency,
    null::varchar as rate_sheet,
    null::varchar as postal_code
from range(122) as calls (place)
cross join (values (false), (true)) as landings (again)
where not again or place < 5;

create or replace view genesys.voice_usage as
select * from genesys.landed_calls;

-- the vendor's invoice of acme's period: one line as ours, one dearer, one that nobody knows, one
-- in another service period; the first file's figures of the users are replaced by the second's
insert into genesys.vendor_invoice values
    ('acme', 'vendor', 2, 'V-1', date '2026-03-16', date '2026-02-15', date '2026-03-14',
        'Genesys Cloud CX 2 User', 9, 115, 1035, 'USD', 'Core'),
    ('acme', 'vendor', 3, 'V-1', date '2026-03-16', date '2026-03-15', date '2026-04-14',
        'Genesys Cloud CX 2 User - Prepay', 2, 95, 190, null, null),
    ('acme', 'vendor', 4, 'V-1', date '2026-03-16', date '2026-02-15', date '2026-03-14',
        'Outbound Calling Service', 93, null, 1.50, null, null),
    ('acme', 'vendor', 5, 'V-1', date '2026-03-16', date '2026-02-15', date '2026-03-14',
        'Courtesy of the house', 1, 12.5, 12.5, null, null),
    ('acme', 'vendor_again', 2, 'V-1', date '2026-03-16', date '2026-02-15', date '2026-03-14',
        'Genesys Cloud CX 2  User', 1, 115, 115, 'USD', 'Core');

create table ops.landed as
select
    org,
    file_id,
    'voice_usage' as report,
    count(*) as rows_loaded,
    sum(cdr_cost) as cost,
    min(start_at) as first_at,
    max(start_at) as last_at
from genesys.landed_calls
group by org, file_id
union all
select org, file_id, 'billable_usage', count(*), 0, min(first_login_at), max(first_login_at)
from genesys.billable_usage
group by org, file_id
union all
select org, file_id, 'user_hours', count(*), 0, min(usage_date), max(usage_date)
from genesys.user_hours
group by org, file_id
union all
select org, file_id, 'resources_usage', count(*), 0, min(usage_date), max(usage_date)
from genesys.resources_usage
group by org, file_id
union all
select org, file_id, 'phone_numbers', count(*), 0, min(active_from), timestamp '9999-12-31'
from genesys.phone_numbers
group by org, file_id
union all
select org, file_id, 'vendor_invoice', count(*), 0, min(service_start), max(service_end)
from genesys.vendor_invoice
group by org, file_id;

insert into ops.files by name
select
    file_id,
    org,
    report,
    'landing/' || org || '/' || report || '/' || file_id || '.csv' as path,
    file_id as sha256,
    timestamp '2026-04-01 00:00:00' as received_at,
    row_number() over (partition by org order by file_id) as received_rank,
    0 as bytes,
    rows_loaded + rows_rejected + 1 as lines,
    1 as header_lines,
    0 as blank_lines,
    rows_loaded + rows_rejected as record_lines,
    rows_loaded + rows_rejected as rows_read,
    rows_loaded,
    rows_rejected,
    0 as rows_duplicate,
    0 as rows_superseded,
    0 as rows_pruned,
    cost as cost_read,
    cost as cost_loaded,
    0 as cost_rejected,
    0 as cost_duplicate,
    first_at,
    last_at,
    'loaded' as status,
    true as is_new
from (
    select
        *,
        case file_id when 'hours' then 1 else 0 end as rows_rejected
    from ops.landed
);

-- one row of hora's hours could not be read, and a person accepted that
insert into ops.rejected_rows values ('hours', 4, 'Logged In Duration', 'is no duration', 'lee,…');
insert into ops.accepted_files values ('hours', 'a person', timestamp '2026-04-02 00:00:00', 'known');

-- acme's order was issued when the add-on still cost 20: the next period's invoice adjusts it
insert into ops.issued_invoices by name
select
    'acme-order-2026-01-15' as invoice_id,
    'acme-000001' as invoice_number,
    1 as number_in_org,
    timestamp '2026-01-20 08:00:00' as issued_at,
    date '2026-01-20' as as_of,
    false as is_new,
    'rules' as rules_sha256,
    'catalogue' as catalogue_sha256,
    'acme-order-2026-01-15' as settled_by,
    false as is_frozen,
    'acme' as org,
    'acme' as customer,
    'order' as invoice_kind,
    date '2026-01-01' as invoice_month,
    date '2026-01-15' as invoice_date,
    date '2026-02-14' as due_date,
    date '2026-01-15' as period_start,
    date '2026-01-15' as period_end,
    0 as contract_version,
    'USD' as currency,
    210.00 as subtotal,
    14.70 as tax,
    224.70 as total,
    ['ach', 'wire', 'check'] as payment_methods,
    2 as minor_units,
    'acme' as organization_name,
    'direct' as channel,
    30 as payment_terms_days;

insert into ops.issued_lines by name
select
    'acme-order-2026-01-15' as invoice_id,
    'acme-order-2026-01-15:' || charge_code as line_id,
    line_number,
    'acme' as org,
    date '2026-01-01' as invoice_month,
    section,
    charge_code,
    charge_code as description,
    date '2026-01-15' as service_start,
    service_end,
    quantity,
    unit,
    rate,
    amount,
    'USD' as currency,
    rule_id
from (values
    (1, 'core', 'add_on.wem.prepay', date '2026-02-14', 1, 'user', 20, 20.00, 'CON-3'),
    (2, 'core', 'licence.cx2.prepay', date '2026-02-14', 2, 'user', 95, 190.00, 'CON-3'),
    (3, 'taxes', 'tax.state_sales_tax', date '2026-01-15', 210, 'currency', 0.07, 14.70, 'TAX-1')
) as lines (
    line_number, section, charge_code, service_end, quantity, unit, rate, amount, rule_id
);
