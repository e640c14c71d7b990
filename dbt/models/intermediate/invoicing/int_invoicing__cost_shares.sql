-- Grain: one row per invoice line and cost object (division, department, cost center) of its users.
-- Supports the chargeback of marts: licence and add-on lines split over the users behind them (an
-- hourly licence by their time, all others by their number), lines of calls over the users that
-- made or took them (by cost; by minutes where none is known or all are free).
-- Guarantees: the shares of a line add up to its amount exactly, to the smallest unit of the
-- currency (largest remainder, ties by name); users without a division, department or cost center
-- stay visible as 'unassigned', calls of nobody known and all other lines as 'unallocated'.
-- Forbids: a share by rounding each user's own.
{{ config(materialized='view') }}
with

lines as (

    select * from {{ ref('int_invoicing__lines') }}

),

candidates as (

    select * from {{ ref('int_invoicing__candidates') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

catalogue_licences as (

    select * from {{ ref('stg_catalogue__licences') }}

),

billable_users as (

    select * from {{ ref('billable_users') }}

),

org_users as (

    select * from {{ ref('int_licences__org_users') }}

),

user_totals as (

    select * from {{ ref('int_telco__user_totals') }}

),

user_lines as (

    -- an order names no users of its own: those of the period that ended before its date pay it
    select
        lines.line_id,
        lines.org,
        lines.service_start,
        split_part(lines.charge_code, '.', 1) as item_kind,
        regexp_extract(lines.charge_code, '^[^.]*[.]([^.]*)', 1) as item,
        periods.period_start,
        versions.licence_model
    from lines
    inner join candidates
        on lines.invoice_id = candidates.invoice_id
    inner join periods
        on
            candidates.org = periods.org
            and case
                when candidates.invoice_kind = 'period'
                    then candidates.period_start = periods.period_start
                else candidates.period_start = periods.next_period_start
            end
    inner join versions
        on
            periods.org = versions.org
            and periods.contract_version = versions.version
    where
        -- an adjustment is of another period than the users of its invoice: it stays unallocated
        lines.adjusted_invoice_id is null
        and (
            starts_with(lines.charge_code, 'licence.')
            or starts_with(lines.charge_code, 'add_on.')
        )

),

user_units as (

    select
        billable_users.org,
        billable_users.period_start,
        billable_users.user_key,
        billable_users.logged_in_seconds,
        case when billable_users.add_on is null then 'licence' else 'add_on' end as item_kind,
        coalesce(billable_users.add_on, billable_users.licence) as item,
        coalesce(catalogue_licences.is_cx, false) and billable_users.add_on is null as is_cx,
        coalesce(billable_users.division, 'unassigned') as division,
        coalesce(billable_users.department, 'unassigned') as department,
        coalesce(billable_users.cost_center, 'unassigned') as cost_center
    from billable_users
    left join catalogue_licences
        on
            billable_users.licence = catalogue_licences.licence
            and billable_users.period_start >= catalogue_licences.effective_from
            and billable_users.period_start < catalogue_licences.effective_until

),

pool_lines as (

    -- LIC-6: the pool is billed at one licence; all its users stand behind that line
    select
        user_lines.line_id,
        user_lines.licence_model = 'concurrent'
        and user_lines.item_kind = 'licence'
        and catalogue_licences.is_cx as is_pool
    from user_lines
    inner join catalogue_licences
        on
            user_lines.item = catalogue_licences.licence
            and user_lines.period_start >= catalogue_licences.effective_from
            and user_lines.period_start < catalogue_licences.effective_until

),

user_weights as (

    select
        user_lines.line_id,
        user_units.division,
        user_units.department,
        user_units.cost_center,
        count(distinct user_units.user_key) as users,
        sum(user_units.logged_in_seconds) as first_weight,
        count(distinct user_units.user_key) as second_weight
    from user_lines
    left join pool_lines
        on user_lines.line_id = pool_lines.line_id
    inner join user_units
        on
            user_lines.org = user_units.org
            and user_lines.period_start = user_units.period_start
            and case
                when pool_lines.is_pool then user_units.is_cx
                else
                    user_lines.item_kind = user_units.item_kind
                    and user_lines.item = user_units.item
            end
    group by
        user_lines.line_id,
        user_units.division,
        user_units.department,
        user_units.cost_center

),

call_costs as (

    select
        lines.line_id,
        user_totals.user_key,
        case
            when user_totals.user_key is null then 'unallocated'
            else coalesce(org_users.division, 'unassigned')
        end as division,
        case
            when user_totals.user_key is null then 'unallocated'
            else coalesce(org_users.department, 'unassigned')
        end as department,
        case
            when user_totals.user_key is null then 'unallocated'
            else coalesce(org_users.cost_center, 'unassigned')
        end as cost_center,
        greatest(coalesce(user_totals.billed_cost, 0), 0) as cost,
        user_totals.stated_minutes
        + {{ minutes_of_seconds('user_totals.computed_seconds') | indent(8) }} as minutes
    from lines
    inner join candidates
        on lines.invoice_id = candidates.invoice_id
    inner join user_totals
        on
            candidates.org = user_totals.org
            and candidates.period_start = user_totals.period_start
            and lines.charge_code
            = 'telco.' || user_totals.service || '.' || user_totals.market
    left join org_users
        on
            user_totals.org = org_users.org
            and user_totals.user_key = org_users.user_key
    where
        candidates.invoice_kind = 'period'
        and user_totals.is_in_contract_currency

),

call_weights as (

    select
        line_id,
        division,
        department,
        cost_center,
        count(distinct user_key) as users,
        sum(cost) as first_weight,
        sum(minutes) as second_weight
    from call_costs
    group by
        line_id,
        division,
        department,
        cost_center

),

line_weights as (

    select * from user_weights
    union all
    select * from call_weights

),

weights as (

    select
        *,
        case
            when sum(first_weight) over (partition by line_id) > 0 then first_weight
            when sum(second_weight) over (partition by line_id) > 0 then second_weight
            else 1
        end as weight
    from line_weights

),

weighted_lines as (

    select
        lines.*,
        coalesce(weights.division, 'unallocated') as division,
        coalesce(weights.department, 'unallocated') as department,
        coalesce(weights.cost_center, 'unallocated') as cost_center,
        coalesce(weights.users, 0) as users,
        (coalesce(weights.weight, 1) * {{ micro() }})::hugeint as weight,
        (
            abs(lines.amount) * {{ minor_units_per_unit('lines.minor_units') }}
        )::hugeint as units
    from lines
    left join weights
        on lines.line_id = weights.line_id

),

totalled as (

    select
        *,
        sum(weight) over (partition by line_id)::hugeint as total_weight
    from weighted_lines

),

shared as (

    select
        *,
        units * weight // total_weight as whole_units,
        row_number() over (
            partition by line_id
            order by units * weight % total_weight desc, division, department asc, cost_center asc
        ) as place
    from totalled

),

completed as (

    select
        *,
        whole_units
        + case
            when place <= units - sum(whole_units) over (partition by line_id) then 1
            else 0
        end as share_units
    from shared

)

select
    org,
    invoice_month,
    invoice_id,
    line_id,
    charge_code,
    division,
    department,
    cost_center,
    users,
    currency,
    (
        (sign(amount) * share_units)::decimal(36, 0) * {{ unit_per_minor_unit('minor_units') }}
    )::decimal(18, 2) as amount
from completed
