-- Grain: one row per organization and invoice month of the run.
-- Invariant: The causes of a row of the reconciliation add up to its variance, and a row without a
-- variance that the vendor's invoice matches needs none. (REC-4, to the last decimal)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}
    where (org, invoice_month) in (select (scope.org, scope.invoice_month) from scope)

),

reconciliation_causes as (

    select * from {{ ref('reconciliation_causes') }}
    where (org, invoice_month) in (select (scope.org, scope.invoice_month) from scope)

),

causes as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        count(*) as causes,
        sum(amount) as amount
    from reconciliation_causes
    group by org, invoice_month, period_start, service_start, charge_key

),

examined as (

    select
        coalesce(reconciliation.org, causes.org) as org,
        coalesce(reconciliation.invoice_month, causes.invoice_month) as invoice_month,
        coalesce(reconciliation.charge_key, causes.charge_key) as subject,
        case
            when reconciliation.status = 'not_comparable' then causes.causes is null
            when reconciliation.status = 'matched' and reconciliation.amount_variance = 0
                then coalesce(causes.amount, 0) = 0
            else causes.amount = reconciliation.amount_variance
        end as holds
    from reconciliation
    full outer join causes
        on
            reconciliation.org = causes.org
            and reconciliation.invoice_month = causes.invoice_month
            and reconciliation.period_start = causes.period_start
            and reconciliation.service_start = causes.service_start
            and reconciliation.charge_key = causes.charge_key

)

{{ every_row_holds('invoicing.causes_add_up_to_the_variance') }}
