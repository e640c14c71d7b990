-- The tables that Python writes and dbt reads: landed rows, contracts, reference rows, the ledger.
-- One statement a table; a change here raises SCHEMA_VERSION in warehouse.py, which rebuilds the
-- working file from landing, contracts and reference.

create schema if not exists genesys;
create schema if not exists contracts;
create schema if not exists reference;
create schema if not exists ops;

-- ------------------------------------------------------------------------------------------- ops

-- Grain: one row per file of the ledger (organization, report, content).
create table if not exists ops.files (
    file_id varchar primary key,       -- first 16 hex digits of sha256(org, report, content hash)
    org varchar not null,
    report varchar not null,
    path varchar not null,             -- relative to the data directory, as first seen
    sha256 varchar not null,
    received_at timestamp not null,    -- modification time as first seen, UTC
    received_rank bigint not null,     -- place in the organization's received order, from 1
    bytes bigint not null,
    lines bigint not null,             -- physical lines
    header_lines bigint not null,
    blank_lines bigint not null,
    record_lines bigint not null,      -- lines that belong to records (a quoted line break makes two)
    rows_read bigint not null,
    rows_loaded bigint not null,
    rows_rejected bigint not null,
    rows_duplicate bigint not null,    -- equal to an earlier row of the same file, dropped at load
    rows_superseded bigint not null,   -- replaced by a later row for the same key (set by a run)
    rows_pruned bigint not null,       -- of rows_loaded, dropped since by `cxledger prune`
    cost_read decimal(18, 6) not null,
    cost_loaded decimal(18, 6) not null,
    cost_rejected decimal(18, 6) not null,
    cost_duplicate decimal(18, 6) not null,
    first_at timestamp,                -- earliest and latest instant (or midnight of the date) that
    last_at timestamp,                 -- a loaded row touches (9999-12-31: open-ended); null when
                                       -- rows carry no time
    status varchar not null,           -- loaded | rejected (nothing of it could be loaded)
    reason varchar,                    -- why the whole file was rejected
    note varchar,                      -- columns kept out, parts joined
    storage_path varchar,              -- the Parquet file of its calls (voice_usage), absolute
    is_new boolean not null            -- loaded since the last published run
);

-- Grain: one row per rejected record.
create table if not exists ops.rejected_rows (
    file_id varchar not null,
    line_number bigint not null,
    column_name varchar,
    reason varchar not null,
    raw varchar not null
);

-- Grain: one row per file whose hold a person has lifted (from books/accepted.jsonl).
create table if not exists ops.accepted_files (
    file_id varchar primary key,
    accepted_by varchar not null,
    accepted_at timestamp not null,
    reason varchar not null
);

-- Grain: exactly one row, the run in progress (or the last one).
create table if not exists ops.run (
    run_id varchar not null,
    as_of date not null,               -- "today" of PER-6
    started_at timestamp not null,
    is_issuing boolean not null        -- whether it issues what it drafts (INV-3)
);

-- Grain: one row per organization and invoice month that the run was asked for.
create table if not exists ops.run_requests (
    org varchar not null,
    invoice_month date not null
);

-- Grain: one row per organization whose contract, or the reference it reads, changed since the
-- last published run: its drafted months are computed again.
create table if not exists ops.changed_orgs (
    org varchar not null
);

-- Grain: one row per organization whose contract file does not load.
create table if not exists ops.contract_errors (
    org varchar primary key,
    message varchar not null
);

-- Grain: one row per part of the project (seeds, project): the hash of what built this file.
create table if not exists ops.built (
    part varchar primary key,
    sha256 varchar not null
);

-- Grain: one row per file of reference/ as it was read.
create table if not exists ops.reference_files (
    file_name varchar primary key,
    sha256 varchar not null
);

-- Grain: one row per book of which the working file holds a part.
create table if not exists ops.books (
    book varchar primary key,
    bytes bigint not null              -- how much of it: books only grow
);

-- Grain: one row per issued invoice (from books/invoices.jsonl), as it was drafted and with whom
-- it names.
create table if not exists ops.issued_invoices (
    invoice_id varchar primary key,
    invoice_number varchar not null,   -- <org>-<number>, gapless in an organization
    number_in_org bigint not null,     -- from 1
    issued_at timestamp not null,
    as_of date not null,               -- "today" of the run that issued it
    is_new boolean not null,           -- not yet computed in this working file
    rules_sha256 varchar not null,     -- the product that computed it: its rules
    catalogue_sha256 varchar not null, -- and its catalogue
    settled_by varchar not null,       -- the last issued invoice that could adjust it, else itself
    is_frozen boolean not null,        -- what differs is the product's doing: no adjustment
    org varchar not null,
    customer varchar not null,
    invoice_kind varchar not null,     -- order | period | correction
    invoice_month date not null,
    invoice_date date not null,
    due_date date not null,
    period_start date not null,
    period_end date not null,
    contract_version integer not null,
    currency varchar not null,
    subtotal decimal(18, 2) not null,
    tax decimal(18, 2) not null,
    total decimal(18, 2) not null,
    payment_methods varchar[] not null,
    minor_units integer not null,
    organization_name varchar not null,
    country varchar,
    channel varchar not null,
    bill_to_name varchar,
    bill_to_address varchar[],
    bill_to_email varchar,
    contract_number varchar,
    purchase_order varchar,
    payment_terms_days integer not null,
    payment_link varchar,
    statement_recipients varchar[],
    billing_region varchar,
    billing_contact_name varchar,
    billing_contact_email varchar,
    billing_contact_phone varchar
);

-- Grain: one row per line of an issued invoice.
create table if not exists ops.issued_lines (
    invoice_id varchar not null,
    line_id varchar not null,
    line_number integer not null,
    org varchar not null,
    invoice_month date not null,
    section varchar not null,
    charge_code varchar not null,
    description varchar,
    service_start date not null,
    service_end date not null,
    quantity decimal(18, 6) not null,
    unit varchar,
    rate decimal(18, 6),
    amount decimal(18, 2),
    currency varchar not null,
    rule_id varchar not null,
    adjusted_invoice_id varchar        -- the issued invoice that an adjustment is for
);

-- Grain: one row per organization and invoice month that a published run has computed.
create table if not exists ops.billed_months (
    org varchar not null,
    invoice_month date not null,
    run_id varchar not null,
    as_of date not null,
    primary key (org, invoice_month)
);

-- Grain: one row per organization and invoice month whose calls' daily sums are kept: a published
-- run of this version rated all of them, and every later run those that new files touched.
create table if not exists ops.kept_months (
    org varchar not null,
    invoice_month date not null,
    primary key (org, invoice_month)
);

-- Grain: one row per organization and invoice month whose landed rows were dropped (from
-- books/pruned.jsonl): what was issued of it stands, and no run computes it again.
create table if not exists ops.pruned_months (
    org varchar not null,
    invoice_month date not null,
    primary key (org, invoice_month)
);

-- Grain: one row per organization, report, pruned period and day of it that had rows (PER-6): the
-- periods after it are compared with it.
create table if not exists ops.pruned_days (
    org varchar not null,
    report varchar not null,
    period_start date not null,
    covered_date date not null,
    primary key (org, report, period_start, covered_date)
);

-- --------------------------------------------------------------------------------------- genesys
-- Landed rows, typed, as written otherwise. (file_id, line_number) is the place in the landing.

create table if not exists genesys.billable_usage (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    charge_name varchar not null,
    entity varchar not null,
    first_login_at timestamp
);

create table if not exists genesys.concurrent_usage (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    usage_date date not null,
    peak_users bigint not null,
    minutes decimal(18, 6) not null
);

create table if not exists genesys.resources_usage (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    usage_date date not null,
    resource varchar not null,
    quantity decimal(18, 6) not null,
    unit varchar
);

create table if not exists genesys.user_hours (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    user_name varchar not null,
    usage_date date not null,
    logged_in_milliseconds bigint not null,
    charge_name varchar
);

create table if not exists genesys.login_sessions (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    user_name varchar not null,
    login_at timestamp not null,
    logout_at timestamp,
    charge_name varchar,
    client varchar
);

create table if not exists genesys.appfoundry_usage (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    app varchar not null,
    part varchar not null,
    usage_date date not null,
    quantity decimal(18, 6) not null
);

create table if not exists genesys.phone_numbers (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    phone_number varchar not null,
    number_type varchar not null,
    active_from date not null,
    active_to date,
    country varchar,
    is_ported boolean
);

create table if not exists genesys.devices (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    device_id varchar not null,
    device_type varchar not null,
    active_from date not null,
    active_to date
);

create table if not exists genesys.org_users (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    user_name varchar not null,
    division varchar,
    department varchar,
    cost_center varchar
);

create table if not exists genesys.vendor_invoice (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    invoice_number varchar not null,
    invoice_date date not null,
    service_start date not null,
    service_end date not null,
    description varchar not null,
    quantity decimal(18, 6) not null,
    rate decimal(18, 6),
    amount decimal(18, 6) not null,
    currency varchar,
    section varchar
);

create table if not exists genesys.payments (
    org varchar not null,
    file_id varchar not null,
    line_number bigint not null,
    invoice_number varchar not null,
    payment_date date not null,
    method varchar not null,
    amount decimal(18, 6) not null,
    status varchar not null,
    currency varchar,
    reference varchar
);

-- Calls live in one immutable Parquet file per landed file; warehouse.py points this view at them.
create or replace view genesys.voice_usage as
select
    null::varchar as org,
    null::varchar as file_id,
    null::bigint as line_number,
    null::varchar as sip_call_id,
    null::varchar as origin,
    null::varchar as destination,
    null::varchar as usage_group,
    null::varchar as usage_group_display,
    null::varchar as call_type,
    null::varchar as direction,
    null::timestamp as start_at,
    null::timestamp as end_at,
    null::bigint as duration_seconds,
    null::bigint as cdr_adjusted_seconds,
    null::decimal(18, 6) as cdr_adjusted_minutes,
    null::decimal(18, 6) as cdr_rate_per_minute,
    null::decimal(18, 6) as cdr_cost,
    null::varchar as currency,
    null::varchar as rate_sheet,
    null::varchar as postal_code
where false;

-- ------------------------------------------------------------------------------------- contracts
-- A contract file is read into versions: version 0 is the file's base, each amendment is one more
-- (CON-14), merged and complete. A rule reads the version in force, never an amendment.

-- Grain: one row per organization. What an amendment cannot change.
create table if not exists contracts.organizations (
    org varchar primary key,
    time_zone varchar not null,
    effective_date date not null,
    ramp_months integer not null,
    term_months integer not null,
    path varchar not null,
    sha256 varchar not null
);

-- Grain: one row per organization and version.
create table if not exists contracts.versions (
    org varchar not null,
    version integer not null,
    effective_from date not null,      -- version 0: the contract's effective date
    name varchar not null,
    country varchar,
    currency varchar not null,
    customer varchar not null,         -- default: the organization
    channel varchar not null,          -- direct | partner
    is_trial boolean not null,
    trial_ends_on date,                -- as written; the default of CON-16 is a rule
    payment_url varchar,
    statement_recipients varchar[],
    bill_to_name varchar,
    bill_to_address varchar[],
    bill_to_email varchar,
    contract_number varchar,
    purchase_order varchar,
    ramp_policy varchar not null,      -- software_free | actual_usage
    auto_renew boolean not null,
    terminated_on date,
    subscription varchar not null,     -- annual_prepay | annual_monthly | monthly
    licence_model varchar not null,    -- named | concurrent | hourly
    payment_terms_days integer not null,
    mixed_tiers varchar not null,      -- allowed | forbidden
    peak_minutes decimal(18, 6) not null,
    peak_mode varchar not null,        -- cumulative_at_least | cumulative_exact | contiguous
    accept_daily_report boolean not null,
    voice_cutoff_seconds integer,      -- seconds after 00:00 UTC; null: local midnight (PER-5)
    voice_rating varchar not null,     -- cdr | rate_sheet
    rate_sheet varchar,
    rounding varchar not null,         -- up | nearest
    increment_seconds integer not null,
    telco_commit_discount decimal(18, 6),
    short_call_rate decimal(18, 6),    -- null: no surcharge
    short_call_min_calls bigint,
    short_call_min_share decimal(18, 6),
    is_short_call_billed_in_ramp boolean, -- null: the catalogue's (CON-15)
    numbers_billing varchar not null,  -- arrears | advance
    primary key (org, version)
);

create table if not exists contracts.licences (
    org varchar not null,
    version integer not null,
    position integer not null,         -- place in the file's list, from 1
    licence varchar not null,
    committed decimal(18, 6) not null,
    prepay_rate decimal(18, 6),
    on_demand_rate decimal(18, 6),
    ramp_rate decimal(18, 6),
    is_billed_in_ramp boolean          -- null: the catalogue's (CON-15), here and below
);

create table if not exists contracts.add_ons (
    org varchar not null,
    version integer not null,
    position integer not null,
    add_on varchar not null,           -- slug
    charge_name varchar,               -- null: the catalogue's names of this add-on
    committed decimal(18, 6) not null,
    prepay_rate decimal(18, 6),
    on_demand_rate decimal(18, 6),
    ramp_rate decimal(18, 6),
    is_billed_in_ramp boolean
);

create table if not exists contracts.resources (
    org varchar not null,
    version integer not null,
    position integer not null,
    resource varchar not null,
    overage_rate decimal(18, 6),
    unit varchar,
    combine varchar,                   -- null: the catalogue's; sum | average | max | last
    is_billed_in_ramp boolean
);

create table if not exists contracts.allocations (
    org varchar not null,
    version integer not null,
    resource varchar not null,
    licence varchar not null,
    allocation decimal(18, 6) not null
);

create table if not exists contracts.numbers (
    org varchar not null,
    version integer not null,
    number_type varchar not null,      -- did | toll_free
    recurring_rate decimal(18, 6),
    setup_rate decimal(18, 6),
    is_billed_in_ramp boolean
);

create table if not exists contracts.devices (
    org varchar not null,
    version integer not null,
    position integer not null,
    device_type varchar not null,
    device_slug varchar not null,
    charge_name varchar,
    rate decimal(18, 6),
    is_billed_in_ramp boolean
);

create table if not exists contracts.app_parts (
    org varchar not null,
    version integer not null,
    position integer not null,
    app varchar not null,
    part varchar not null,
    app_slug varchar not null,
    part_slug varchar not null,
    part_type varchar not null,        -- site | user | metered_sum | metered_high_water | mimic
    charge_name varchar,
    count_model varchar not null,      -- named | hourly | concurrent
    committed decimal(18, 6) not null,
    prepay_rate decimal(18, 6),
    on_demand_rate decimal(18, 6),
    is_billed_in_ramp boolean
);

create table if not exists contracts.one_time (
    org varchar not null,
    version integer not null,
    position integer not null,
    name varchar not null,
    name_slug varchar not null,
    amount decimal(18, 6),
    item_date date not null
);

create table if not exists contracts.recurring (
    org varchar not null,
    version integer not null,
    position integer not null,
    name varchar not null,
    name_slug varchar not null,
    section varchar not null,
    quantity decimal(18, 6) not null,
    rate decimal(18, 6),
    from_date date,
    to_date date,
    is_in_advance boolean not null,
    is_billed_in_ramp boolean
);

create table if not exists contracts.fees (
    org varchar not null,
    version integer not null,
    position integer not null,
    name varchar not null,
    name_slug varchar not null,
    basis varchar not null,            -- numbers | users | calls | invoice
    rate decimal(18, 6),
    is_billed_in_ramp boolean
);

create table if not exists contracts.taxes (
    org varchar not null,
    version integer not null,
    position integer not null,
    name varchar not null,
    name_slug varchar not null,
    rate decimal(18, 6) not null,
    sections varchar[]                 -- null: all
);

-- ------------------------------------------------------------------------------------- reference
-- A user's own catalogue rows (reference/*.csv): the columns of the seed of the same name.

create table if not exists reference.licences (
    licence varchar,
    tier integer,
    is_cx boolean,
    is_always_named boolean,
    title varchar,
    effective_from date
);

create table if not exists reference.charge_names (
    charge_name varchar,
    licence varchar,
    licence_model varchar,
    add_on varchar,
    device_type varchar,
    effective_from date
);

create table if not exists reference.resources (
    resource varchar,
    title varchar,
    unit varchar,
    combine varchar,
    quantity_decimals integer,
    is_charged boolean,
    has_allowance boolean,
    effective_from date
);

create table if not exists reference.resource_names (
    resource_name varchar,
    resource varchar,
    basis varchar,
    effective_from date
);

create table if not exists reference.fair_use (
    licence varchar,
    licence_model varchar,
    resource varchar,
    allocation decimal(18, 6),
    effective_from date
);

create table if not exists reference.currencies (
    currency varchar,
    minor_units integer,
    effective_from date
);

create table if not exists reference.calling_codes (
    prefix varchar,
    country varchar,
    is_toll_free boolean,
    effective_from date
);

create table if not exists reference.call_services (
    service varchar,
    direction varchar,
    column_name varchar,
    word varchar,
    effective_from date
);

create table if not exists reference.number_types (
    type_name varchar,
    number_type varchar,
    effective_from date
);

create table if not exists reference.charges (
    charge_prefix varchar,
    section varchar,
    title varchar,
    billed_in_ramp boolean,
    effective_from date
);

create table if not exists reference.vendor_descriptions (
    description varchar,
    charge_prefix varchar,
    effective_from date
);

create table if not exists reference.voice_rates (
    rate_sheet varchar,
    direction varchar,
    service varchar,
    prefix varchar,
    country varchar,
    rate_per_minute decimal(18, 6),
    effective_from date,
    effective_to date,
    usage_group varchar,
    call_type varchar
);

create table if not exists reference.column_aliases (
    report varchar,
    column_name varchar,
    alias varchar,
    effective_from date
);

create table if not exists reference.billing_regions (
    country varchar,
    region varchar,
    effective_from date
);

create table if not exists reference.billing_contacts (
    region varchar,
    name varchar,
    email varchar,
    phone varchar,
    effective_from date
);

create table if not exists reference.rule_constants (
    constant_name varchar,
    value decimal(18, 6),
    rule_id varchar,
    effective_from date
);
