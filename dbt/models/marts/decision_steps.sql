-- Grain: one row per organization, invoice month with a vendor invoice, and step of the way from
-- our total to the vendor's: ours, each cause, what is not comparable, the vendor's.
-- Guarantees: each step begins where the one before it ends, and the last cause ends at the
-- vendor's total (from_amount and to_amount draw the waterfall). Largest causes first.
{{ config(pre_hook="{{ replace_scope() }}") }}
with

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

causes as (

    select * from {{ ref('reconciliation_causes') }}

),

parts as (

    select
        org,
        invoice_month,
        'ours' as step,
        null as cause,
        coalesce(sum(expected_amount), 0) as amount,
        count(*) filter (where expected_amount is not null) as charges
    from reconciliation
    group by org, invoice_month
    union all
    select
        org,
        invoice_month,
        'cause' as step,
        cause,
        sum(amount) as amount,
        count(distinct charge_key) as charges
    from causes
    group by org, invoice_month, cause
    having sum(amount) <> 0
    union all
    select
        org,
        invoice_month,
        'not_comparable' as step,
        null as cause,
        sum(vendor_amount) as amount,
        count(*) as charges
    from reconciliation
    where
        amount_variance is null
        and vendor_amount <> 0
    group by org, invoice_month

),

ordered as (

    select
        *,
        row_number() over (
            partition by org, invoice_month
            order by
                list_position(['ours', 'cause', 'not_comparable'], step),
                abs(amount) desc,
                cause
        ) as step_number
    from parts

),

climbed as (

    select
        *,
        sum(amount) over (
            partition by org, invoice_month
            order by step_number
            rows between unbounded preceding and current row
        ) as to_amount
    from ordered

),

steps as (

    select
        org,
        invoice_month,
        step_number,
        step,
        cause,
        charges,
        amount,
        to_amount - amount as from_amount,
        to_amount
    from climbed
    union all
    select
        org,
        invoice_month,
        max(step_number) + 1 as step_number,
        'vendor' as step,
        null as cause,
        0 as charges,
        arg_max(to_amount, step_number) as amount,
        0 as from_amount,
        arg_max(to_amount, step_number) as to_amount
    from climbed
    group by org, invoice_month

)

select
    steps.org,
    steps.invoice_month,
    steps.step_number::bigint as step_number,
    steps.step,
    steps.cause,
    steps.charges::bigint as charges,
    steps.amount::decimal(18, 6) as amount,
    steps.from_amount::decimal(18, 6) as from_amount,
    steps.to_amount::decimal(18, 6) as to_amount
from steps
inner join scope_months
    on
        steps.org = scope_months.org
        and steps.invoice_month = scope_months.invoice_month
