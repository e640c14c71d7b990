-- Grain: one row per organization and invoice month of the run.
-- Invariant: The named quantities of licences and add-ons add up to the users behind them. INV-6:
-- a quantity without its users cannot be explained.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

billable_users as (

    select * from {{ ref('billable_users') }}

),

licence_usage as (

    select * from {{ ref('licence_usage') }}

),

listed as (

    select
        org,
        invoice_month,
        count(*) as users
    from billable_users
    where licence_model = 'named'
    group by org, invoice_month

),

used as (

    select
        org,
        invoice_month,
        sum(actual) as actual
    from licence_usage
    where licence_model = 'named'
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        coalesce(listed.users, 0) as expected,
        coalesce(used.actual, 0) as actual
    from scope
    left join listed
        on
            scope.org = listed.org
            and scope.invoice_month = listed.invoice_month
    left join used
        on
            scope.org = used.org
            and scope.invoice_month = used.invoice_month

)

{{ figures_agree(
    'licences.named_quantities_are_users',
    'users of marts.billable_users, and named quantities of marts.licence_usage'
) }}
