-- Grain: one row per organization and invoice month of the run.
-- Invariant: The invoice numbers of an organization run from 1 without a gap. A missing number is a
-- missing invoice.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

numbers as (

    select
        org,
        max(number_in_org) as expected,
        count(distinct number_in_org) as actual
    from issued_invoices
    group by org

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        numbers.expected,
        numbers.actual
    from scope
    inner join numbers
        on scope.org = numbers.org

)

{{ figures_agree(
    'invoicing.numbers_have_no_gap',
    'the last number of the organization, and how many there are'
) }}
