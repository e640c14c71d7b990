-- Grain: one row per organization and invoice month of the run.
-- Invariant: A user counts once in a period, named or in the pool, at one base licence. LIC-2,
-- LIC-6. Hours are left out: a user can have some of two licences (LIC-11).
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
        billable_users.user_key as subject,
        count(*) = 1 as holds
    from billable_users
    inner join scope
        on
            billable_users.org = scope.org
            and billable_users.invoice_month = scope.invoice_month
    where
        billable_users.licence is not null
        and billable_users.licence_model <> 'hourly'
    group by billable_users.org, billable_users.invoice_month, billable_users.user_key

)

{{ every_row_holds('licences.a_user_counts_once') }}
