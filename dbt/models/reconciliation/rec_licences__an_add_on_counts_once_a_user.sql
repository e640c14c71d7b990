-- Grain: one row per organization and invoice month of the run.
-- Invariant: A user counts once for an add-on in a period. (LIC-3)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

billable_users as (

    select * from {{ ref('billable_users') }}

),

examined as (

    select
        billable_users.org,
        billable_users.invoice_month,
        billable_users.user_key || ' ' || billable_users.add_on as subject,
        count(*) = 1 as holds
    from billable_users
    inner join scope
        on
            billable_users.org = scope.org
            and billable_users.invoice_month = scope.invoice_month
    where billable_users.add_on is not null
    group by
        billable_users.org,
        billable_users.invoice_month,
        billable_users.user_key,
        billable_users.add_on

)

{{ every_row_holds('licences.an_add_on_counts_once_a_user') }}
