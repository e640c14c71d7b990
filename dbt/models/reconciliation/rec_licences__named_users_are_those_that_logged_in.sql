-- Grain: one row per organization and invoice month of the run.
-- Invariant: Under the named model, the users counted are those with a timestamped base licence
-- row in the period. (LIC-1, LIC-4, counted again from the report)
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

logged_in as (

    select
        org,
        invoice_month,
        count(*) as users
    from seen
    group by org, invoice_month

),

counted as (

    select
        org,
        invoice_month,
        count(distinct user_key) as users
    from billable_users
    where licence is not null
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        coalesce(logged_in.users, 0) as expected,
        coalesce(counted.users, 0) as actual
    from scope
    left join logged_in
        on
            scope.org = logged_in.org
            and scope.invoice_month = logged_in.invoice_month
    left join counted
        on
            scope.org = counted.org
            and scope.invoice_month = counted.invoice_month
    where scope.licence_model = 'named'

)

{{ figures_agree(
    'licences.named_users_are_those_that_logged_in',
    'users with a timestamped base licence row, and users counted'
) }}
