-- Grain: one row per organization and invoice month of the run.
-- Invariant: The hours of a licence are those of its users, rounded up to a whole hour once.
-- LIC-11: rounding each user or day up bills hours that nobody was logged in.
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

logged_in as (

    select
        org,
        invoice_month,
        licence,
        sum(logged_in_seconds) as seconds
    from billable_users
    where licence_model = 'hourly'
    group by org, invoice_month, licence

),

examined as (

    select
        scope.org,
        scope.invoice_month,
        licence_usage.licence as subject,
        licence_usage.actual::decimal(38, 6) * 3600 >= coalesce(logged_in.seconds, 0)
        and (licence_usage.actual - 1)::decimal(38, 6) * 3600 < coalesce(logged_in.seconds, 0)
            as holds
    from scope
    inner join licence_usage
        on
            scope.org = licence_usage.org
            and scope.invoice_month = licence_usage.invoice_month
    left join logged_in
        on
            licence_usage.org = logged_in.org
            and licence_usage.invoice_month = logged_in.invoice_month
            and licence_usage.licence = logged_in.licence
    where licence_usage.licence_model = 'hourly'

)

{{ every_row_holds('licences.hours_are_rounded_up_once') }}
