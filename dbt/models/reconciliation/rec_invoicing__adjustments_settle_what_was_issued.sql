-- Grain: one row per organization and invoice month of the run.
-- Invariant: What was issued and all adjustments of it, issued and drafted, are what is computed
-- now. (INV-3, in money) Left out: organizations of which an issued invoice cannot be settled yet
-- (the next period is not computed), or was computed by another version of the product.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

invoices as (

    select * from {{ ref('invoices') }}

),

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

),

computed_lines as (

    select * from {{ ref('computed_lines') }}

),

billing_periods as (

    select * from {{ ref('billing_periods') }}

),

billed_months as (

    select * from {{ ref('stg_ops__billed_months') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

issued_lines as (

    select * from {{ ref('stg_ops__issued_lines') }}

),

computed_months as (

    select
        org,
        invoice_month
    from scope
    union
    select
        org,
        invoice_month
    from billed_months

),

waiting_months as (

    select
        billing_periods.org,
        billing_periods.invoice_month,
        billing_periods.period_end,
        computed_months.org is not null as is_computed
    from billing_periods
    left join computed_months
        on
            billing_periods.org = computed_months.org
            and billing_periods.invoice_month = computed_months.invoice_month
    left join issued_invoices
        on
            billing_periods.org = issued_invoices.org
            and billing_periods.invoice_month = issued_invoices.invoice_month
            and issued_invoices.invoice_kind = 'period'
    where
        billing_periods.phase <> 'ended'
        and issued_invoices.invoice_id is null

),

settling as (

    select
        issued_invoices.org,
        issued_invoices.invoice_id,
        not bool_or(issued_invoices.is_frozen)
        and bool_or(own_months.org is not null)
        and coalesce(min_by(waiting_months.is_computed, waiting_months.period_end), true)
            as is_settled
    from issued_invoices
    left join computed_months as own_months
        on
            issued_invoices.org = own_months.org
            and issued_invoices.invoice_month = own_months.invoice_month
    left join waiting_months
        on
            issued_invoices.org = waiting_months.org
            and issued_invoices.invoice_date <= waiting_months.period_end
    group by issued_invoices.org, issued_invoices.invoice_id

),

settled_orgs as (

    select org
    from settling
    group by org
    having bool_and(is_settled)

),

computed as (

    select
        computed_lines.org,
        sum(computed_lines.amount) as amount
    from computed_lines
    inner join issued_invoices
        on computed_lines.invoice_id = issued_invoices.invoice_id
    group by computed_lines.org

),

issued as (

    select
        org,
        sum(amount) as amount
    from issued_lines
    group by org

),

drafted as (

    select
        invoice_lines.org,
        sum(invoice_lines.amount) as amount
    from invoice_lines
    inner join invoices
        on invoice_lines.invoice_id = invoices.invoice_id
    where
        invoices.status <> 'issued'
        and invoice_lines.adjusted_invoice_id is not null
    group by invoice_lines.org

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        coalesce(computed.amount, 0) as expected,
        coalesce(issued.amount, 0) + coalesce(drafted.amount, 0) as actual
    from scope
    inner join settled_orgs
        on scope.org = settled_orgs.org
    left join computed
        on scope.org = computed.org
    left join issued
        on scope.org = issued.org
    left join drafted
        on scope.org = drafted.org

)

{{ figures_agree(
    'invoicing.adjustments_settle_what_was_issued',
    'all that was issued computed now, and issued with its adjustments'
) }}
