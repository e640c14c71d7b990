-- Grain: one row per organization and invoice month of the run.
-- Invariant: The evidence of a line adds up to its quantity, and that of calls to its amount too.
-- A rounding is a row of its own and never larger than the place that it rounds to (hours: one;
-- resources: half of the last decimal; minutes and costs of calls: what the days' decimals leave).
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

lines as (

    select * from {{ ref('reconciliation_shown_lines') }}

),

line_evidence as (

    select * from {{ ref('line_evidence') }}

),

resources as (

    select * from {{ ref('stg_catalogue__resources') }}

),

sums as (

    select
        line_id,
        count(*) as pieces,
        sum(quantity) as quantity,
        sum(amount) as amount,
        coalesce(max(abs(quantity)) filter (where evidence = 'rounding'), 0) as rounded_quantity,
        coalesce(max(abs(amount)) filter (where evidence = 'rounding'), 0) as rounded_amount
    from line_evidence
    group by line_id

),

bounded as (

    select
        lines.*,
        sums.quantity as evidenced_quantity,
        sums.amount as evidenced_amount,
        sums.rounded_quantity,
        sums.rounded_amount,
        case
            when lines.charge_family = 'telco' then sums.pieces * 0.000001
            when lines.charge_family = 'resource'
                then
                    case when resources.quantity_decimals = 0 then 0.5 else 0.005 end
                    + sums.pieces * 0.000001
            else 1
        end as largest_rounding,
        case when lines.minor_units = 0 then 0.5 else 0.005 end as largest_amount_rounding
    from lines
    left join sums
        on lines.line_id = sums.line_id
    left join resources
        on
            lines.charge_code = 'resource.' || resources.resource
            and lines.service_start >= resources.effective_from
            and lines.service_start < resources.effective_until

),

examined as (

    select
        org,
        invoice_month,
        line_id as subject,
        (evidenced_quantity is not distinct from quantity)
        and (rate is not null or (evidenced_amount is not distinct from amount))
        and rounded_quantity <= largest_rounding
        and rounded_amount <= largest_amount_rounding as holds
    from bounded

)

{{ every_row_holds('invoicing.evidence_adds_up_to_the_line') }}
