-- Grain: one row per organization and invoice month of the run.
-- Invariant: The on-demand lines of a period add up to what its licences and add-ons were used
-- beyond the commitment. CON-1, CON-8. A software-free ramp bills licences on the word of the
-- contract only.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

licence_usage as (

    select * from {{ ref('licence_usage') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

used as (

    select
        org,
        invoice_month,
        sum(on_demand) as on_demand
    from licence_usage
    group by org, invoice_month

),

billed as (

    select
        org,
        invoice_month,
        sum(quantity) as quantity
    from lines
    where
        invoice_kind = 'period'
        and charge_family in ('licence', 'add_on')
        and charge_code like '%.on_demand'
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        used.on_demand as expected,
        coalesce(billed.quantity, 0) as actual
    from scope
    inner join used
        on
            scope.org = used.org
            and scope.invoice_month = used.invoice_month
    left join billed
        on
            scope.org = billed.org
            and scope.invoice_month = billed.invoice_month
    where
        scope.phase = 'term'
        or scope.ramp_policy = 'actual_usage'

)

{{ figures_agree(
    'licences.lines_bill_what_was_used',
    'on-demand quantities of marts.licence_usage, and of the lines of the period'
) }}
