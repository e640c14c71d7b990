-- Grain: one row per invoice of ours, or period without one, that a vendor's invoice can be of.
-- Supports REC-1: the groups that vendor lines are compared in: a billing period with its invoice,
-- an order's date with its own; for organizations that have a vendor invoice.
-- Guarantees: a period in force is there also while we have no invoice for it.
-- Forbids: two groups for one invoice.
with

vendor_lines as (

    select * from {{ ref('int_vendor__lines') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

invoices as (

    select * from {{ ref('invoices') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

orgs as (

    select distinct org from vendor_lines

),

dated as (

    select
        org,
        invoice_id,
        invoice_kind,
        coalesce(period_start, invoice_date) as period_start,
        coalesce(period_end, invoice_date) as period_end,
        invoice_month,
        currency,
        contract_version
    from invoices

),

missing as (

    select
        periods.org,
        null::varchar as invoice_id,
        'period' as invoice_kind,
        periods.period_start,
        periods.period_end,
        periods.invoice_month,
        versions.currency,
        periods.contract_version
    from periods
    inner join versions
        on
            periods.org = versions.org
            and periods.contract_version = versions.version
    left join dated
        on
            periods.org = dated.org
            and periods.period_start = dated.period_start
            and dated.invoice_kind = 'period'
    where
        periods.is_in_force
        and dated.org is null

),

united as (

    select * from dated
    union all
    select * from missing

)

select
    united.org,
    united.org || ' ' || united.invoice_kind || ' ' || united.period_start as group_id,
    united.invoice_id,
    united.invoice_kind,
    united.period_start,
    united.period_end,
    united.invoice_month,
    united.currency,
    united.contract_version
from united
inner join orgs
    on united.org = orgs.org
