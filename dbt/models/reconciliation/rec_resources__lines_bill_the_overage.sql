-- Grain: one row per organization and invoice month of the run.
-- Invariant: Each overage is a line of its quantity and amount. RES-4, CON-7. A software-free ramp
-- bills what the contract says it does.
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

examined as (

    select
        resource_overages.org,
        resource_overages.invoice_month,
        resource_overages.resource as subject,
        (lines.quantity is not distinct from resource_overages.overage)
        and (lines.amount is not distinct from resource_overages.amount) as holds
    from resource_overages
    inner join scope
        on
            resource_overages.org = scope.org
            and resource_overages.invoice_month = scope.invoice_month
    left join lines
        on
            resource_overages.org = lines.org
            and resource_overages.invoice_month = lines.invoice_month
            and lines.invoice_kind = 'period'
            and lines.charge_code = 'resource.' || resource_overages.resource
    where
        resource_overages.overage > 0
        and (
            scope.phase = 'term'
            or scope.ramp_policy = 'actual_usage'
            or lines.line_id is not null
        )

)

{{ every_row_holds('resources.lines_bill_the_overage') }}
