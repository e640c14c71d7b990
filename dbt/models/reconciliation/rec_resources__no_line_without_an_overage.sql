-- Grain: one row per organization and invoice month of the run.
-- Invariant: Each resource line has an overage behind it. (INV-6)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

resource_overages as (

    select * from {{ ref('resource_overages') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

figures as (

    select
        lines.org,
        lines.invoice_month,
        sum(lines.quantity) as expected,
        sum(coalesce(resource_overages.overage, 0)) as actual
    from lines
    left join resource_overages
        on
            lines.org = resource_overages.org
            and lines.invoice_month = resource_overages.invoice_month
            and lines.charge_code = 'resource.' || resource_overages.resource
    where lines.charge_family = 'resource'
    group by lines.org, lines.invoice_month

)

{{ figures_agree(
    'resources.no_line_without_an_overage',
    'quantities of the resource lines, and of the overages behind them'
) }}
