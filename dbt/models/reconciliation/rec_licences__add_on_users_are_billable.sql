-- Grain: one row per organization and invoice month of the run.
-- Invariant: An add-on counts only for a user with a timestamped base licence row in the period.
-- LIC-3: an add-on row alone makes nobody billable.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

billable_usage as (

    select * from {{ ref('stg_genesys__billable_usage') }}

),

billable_users as (

    select * from {{ ref('billable_users') }}

),

charge_names as (

    select
        {{ name_key('charge_name') }} as charge_name_key,
        effective_from,
        effective_until
    from {{ ref('stg_catalogue__charge_names') }}
    where
        licence is not null
        and device_type is null

),

seen as (

    select
        scope.org,
        scope.invoice_month,
        billable_usage.entity_key
    from scope
    inner join billable_usage
        on
            scope.org = billable_usage.org
            and scope.starts_at <= billable_usage.first_login_at
            and scope.ends_at > billable_usage.first_login_at
    inner join charge_names
        on
            billable_usage.charge_name_key = charge_names.charge_name_key
            and scope.period_start >= charge_names.effective_from
            and scope.period_start < charge_names.effective_until
    group by scope.org, scope.invoice_month, billable_usage.entity_key

),

examined as (

    select
        billable_users.org,
        billable_users.invoice_month,
        billable_users.user_key || ' ' || billable_users.add_on as subject,
        seen.entity_key is not null as holds
    from billable_users
    inner join scope
        on
            billable_users.org = scope.org
            and billable_users.invoice_month = scope.invoice_month
    left join seen
        on
            billable_users.org = seen.org
            and billable_users.invoice_month = seen.invoice_month
            and billable_users.user_key = seen.entity_key
    where billable_users.add_on is not null

)

{{ every_row_holds('licences.add_on_users_are_billable') }}
