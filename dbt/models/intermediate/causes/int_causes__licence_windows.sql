-- Grain: one row per organization, period, licence or add-on and window that its users are counted
-- in otherwise than we count them.
-- Supports REC-4 (period_cutoff of licences, PER-2, PER-3): the users of LIC-1 to LIC-3 counted
-- anew from the Billable Usage rows between the window's instants; what is above the commitment.
-- Guarantees: believed only if every licence of the vendor's invoice agrees (rows_needed).
-- Forbids: another licence model than named: pools and hours have evidence of their own.
with

scope as (

    select * from {{ ref('int_periods__scope') }}
    where licence_model = 'named'

),

windows as (

    select * from {{ ref('int_causes__windows') }}
    where
        usage_kind = 'users'
        and reading <> 'own'

),

rows_to_explain as (

    select * from {{ ref('int_causes__rows') }}
    where
        is_varying
        and kind in ('users', 'commitment')

),

billable_usage as (

    select * from {{ ref('stg_genesys__billable_usage') }}

),

charge_names as (

    select * from {{ ref('int_licences__charge_names') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

),

actuals as (

    select * from {{ ref('int_licences__actuals') }}

),

seen as (

    select
        windows.org,
        windows.period_start,
        windows.reading,
        windows.position,
        windows.words,
        billable_usage.entity_key,
        charge_names.item_kind,
        charge_names.item,
        charge_names.tier
    from windows
    inner join scope
        on
            windows.org = scope.org
            and windows.period_start = scope.period_start
    inner join billable_usage
        on
            windows.org = billable_usage.org
            and windows.from_at <= billable_usage.first_login_at
            and windows.to_at > billable_usage.first_login_at
    inner join charge_names
        on
            windows.org = charge_names.org
            and windows.period_start = charge_names.period_start
            and billable_usage.charge_name_key = charge_names.charge_name_key
    where
        charge_names.item_kind in ('licence', 'add_on')
        and (windows.org, windows.period_start) in (
            select (rows_to_explain.org, rows_to_explain.period_start) from rows_to_explain
        )

),

users as (

    select
        org,
        period_start,
        reading,
        entity_key,
        arg_max(item, (tier, item)) as item
    from seen
    where item_kind = 'licence'
    group by org, period_start, reading, entity_key

),

counted as (

    select
        org,
        period_start,
        reading,
        'licence' as item_kind,
        item,
        count(*) as actual
    from users
    group by org, period_start, reading, item
    union all
    select
        seen.org,
        seen.period_start,
        seen.reading,
        'add_on' as item_kind,
        seen.item,
        count(distinct seen.entity_key) as actual
    from seen
    inner join users
        on
            seen.org = users.org
            and seen.period_start = users.period_start
            and seen.reading = users.reading
            and seen.entity_key = users.entity_key
    where seen.item_kind = 'add_on'
    group by seen.org, seen.period_start, seen.reading, seen.item

),

-- a window without a user of a licence counts none of it
compared as (

    select
        actuals.org,
        scope.invoice_month,
        actuals.period_start,
        scope.phase,
        windows.reading,
        windows.position,
        windows.words,
        items.charge_prefix,
        case when scope.phase = 'term' then items.committed else 0 end as committed,
        case when scope.phase = 'term' then items.on_demand_rate else items.ramp_rate end as rate,
        actuals.actual,
        coalesce(counted.actual, 0)::decimal(18, 6) as counted_otherwise
    from actuals
    inner join scope
        on
            actuals.org = scope.org
            and actuals.period_start = scope.period_start
    inner join windows
        on
            actuals.org = windows.org
            and actuals.period_start = windows.period_start
    inner join items
        on
            actuals.org = items.org
            and scope.contract_version = items.version
            and actuals.item_kind = items.item_kind
            and actuals.item = items.item
    left join counted
        on
            actuals.org = counted.org
            and actuals.period_start = counted.period_start
            and windows.reading = counted.reading
            and actuals.item_kind = counted.item_kind
            and actuals.item = counted.item
    where
        (actuals.org, actuals.period_start) in (
            select (rows_to_explain.org, rows_to_explain.period_start) from rows_to_explain
        )

)

select
    org,
    invoice_month,
    period_start,
    period_start as service_start,
    charge_prefix || '.on_demand' as charge_code,
    'period_cutoff' as first_cause,
    'window:users:' || reading as first_reading,
    words || ': ' || {{ plain_number('counted_otherwise') }} || ' users instead of '
    || {{ plain_number('actual') }} as first_detail,
    null::varchar as second_cause,
    null::varchar as second_reading,
    null::varchar as second_detail,
    null::decimal(18, 6) as first_quantity,
    greatest(counted_otherwise - committed, 0)::decimal(18, 6) as quantity,
    rate,
    position,
    1 as rows_needed
from compared
where greatest(counted_otherwise - committed, 0) <> greatest(actual - committed, 0)
