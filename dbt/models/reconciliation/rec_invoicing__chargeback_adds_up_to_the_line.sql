-- Grain: one row per organization and invoice month of the run.
-- Invariant: The parts of a line charged back add up to its amount, to the cent. Largest
-- remainder: a share rounded by itself loses cents.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

lines as (

    select * from {{ ref('reconciliation_shown_lines') }}

),

chargeback as (

    select * from {{ ref('chargeback') }}

),

parts as (

    select
        line_id,
        count(*) as parts,
        sum(amount) as amount
    from chargeback
    group by line_id

),

examined as (

    select
        lines.org,
        lines.invoice_month,
        lines.line_id as subject,
        (parts.parts is not null) and (parts.amount is not distinct from lines.amount) as holds
    from lines
    left join parts
        on lines.line_id = parts.line_id

)

{{ every_row_holds('invoicing.chargeback_adds_up_to_the_line') }}
