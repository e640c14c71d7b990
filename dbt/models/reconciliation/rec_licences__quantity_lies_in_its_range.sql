-- Grain: one row per organization and invoice month of the run.
-- Invariant: A licence quantity is a whole number within the range that its evidence proves.
-- LIC-8, CON-10: nothing is prorated.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

licence_usage as (

    select * from {{ ref('licence_usage') }}

),

examined as (

    select
        licence_usage.org,
        licence_usage.invoice_month,
        licence_usage.licence as subject,
        licence_usage.actual between licence_usage.actual_low and licence_usage.actual_high
        and licence_usage.actual_low >= 0
        and licence_usage.actual = round(licence_usage.actual, 0) as holds
    from licence_usage
    inner join scope
        on
            licence_usage.org = scope.org
            and licence_usage.invoice_month = scope.invoice_month

)

{{ every_row_holds('licences.quantity_lies_in_its_range') }}
