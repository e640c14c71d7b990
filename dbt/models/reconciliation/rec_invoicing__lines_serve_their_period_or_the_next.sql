-- Grain: one row per organization and invoice month of the run.
-- Invariant: A line of a period's invoice serves that period, or the next one in advance. CON-2,
-- CON-15, VOX-8, INV-2: each line shows its own service period.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

examined as (

    select
        lines.org,
        lines.invoice_month,
        lines.line_id as subject,
        lines.service_start <= lines.service_end
        and (
            lines.invoice_kind <> 'period'
            or (lines.service_start = scope.period_start and lines.service_end = scope.period_end)
            or lines.service_start = scope.next_period_start
        ) as holds
    from lines
    inner join scope
        on
            lines.org = scope.org
            and lines.invoice_month = scope.invoice_month

)

{{ every_row_holds('invoicing.lines_serve_their_period_or_the_next') }}
