-- Grain: one row per organization and invoice month of the run.
-- Invariant: The order invoice of the effective date prepays the whole first term, or its first
-- period, or nothing, as the subscription says. CON-3, CON-4. Contracts that an amendment
-- terminates are left out: then the term's first period is for the amendment to decide.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

organizations as (

    select * from {{ ref('stg_contracts__organizations') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

first_versions as (

    -- an amendment may be in force from the first day on (CON-14)
    select
        organizations.org,
        max(versions.version) as version
    from organizations
    inner join versions
        on
            organizations.org = versions.org
            and organizations.effective_date >= versions.effective_from
    group by organizations.org

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

commitments as (

    select * from {{ ref('reconciliation_commitments') }}

),

prepaid as (

    select
        org,
        invoice_month,
        invoice_date,
        sum(quantity) as quantity
    from lines
    where
        invoice_kind = 'order'
        and charge_code like '%.prepay'
    group by org, invoice_month, invoice_date

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        case
            when
                versions.terminated_on
                < organizations.effective_date + to_months(organizations.ramp_months)
                then 0
            when versions.subscription = 'annual_prepay'
                then commitments.committed * organizations.term_months
            when versions.subscription = 'annual_monthly' and organizations.ramp_months = 0
                then commitments.committed
        end as expected,
        prepaid.quantity as actual
    from scope
    inner join organizations
        on
            scope.org = organizations.org
            and scope.invoice_month = date_trunc('month', organizations.effective_date)
    inner join first_versions
        on scope.org = first_versions.org
    inner join versions
        on
            first_versions.org = versions.org
            and first_versions.version = versions.version
    left join commitments
        on
            first_versions.org = commitments.org
            and first_versions.version = commitments.version
    left join prepaid
        on
            scope.org = prepaid.org
            and scope.invoice_month = prepaid.invoice_month
            and organizations.effective_date = prepaid.invoice_date
    where
        not exists (
            select 1
            from versions as amendments
            where
                amendments.org = scope.org
                and amendments.version > first_versions.version
                and amendments.terminated_on is not null
        )

)

{{ figures_agree(
    'commitments.orders_prepay_the_first_term',
    'what the first order prepays, and the prepay lines of that order invoice'
) }}
