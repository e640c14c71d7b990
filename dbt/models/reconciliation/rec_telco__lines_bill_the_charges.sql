-- Grain: one row per organization and invoice month of the run.
-- Invariant: Each service and market is one line with its minutes and its cost, rounded once.
-- VOX-6. A partner or trial shows no amount (CON-11, CON-12); a software-free ramp bills calls on
-- the word of the catalogue. Calls without minutes whose cost rounds to nothing are no line.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

telco_charges as (

    select * from {{ ref('telco_charges') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

examined as (

    select
        telco_charges.org,
        telco_charges.invoice_month,
        telco_charges.service || ' ' || telco_charges.market as subject,
        lines.quantity = telco_charges.adjusted_minutes
        and (
            lines.amount is not distinct from {{ round_money(
                'telco_charges.billed_cost', 'scope.minor_units'
            ) | indent(8) }}
            or (lines.amount is null and (scope.is_trial or scope.channel = 'partner'))
        ) as holds
    from telco_charges
    inner join scope
        on
            telco_charges.org = scope.org
            and telco_charges.invoice_month = scope.invoice_month
    left join lines
        on
            telco_charges.org = lines.org
            and telco_charges.invoice_month = lines.invoice_month
            and lines.charge_code = 'telco.' || telco_charges.service || '.' || telco_charges.market
    where
        telco_charges.service <> 'byoc'
        and (
            telco_charges.adjusted_minutes <> 0
            or lines.line_id is not null
            or (
                {{ round_money(
                    'telco_charges.billed_cost', 'scope.minor_units'
                ) | indent(16) }} <> 0
                and not scope.is_trial
                and scope.channel <> 'partner'
            )
        )
        and (
            scope.phase = 'term'
            or scope.ramp_policy = 'actual_usage'
            or lines.line_id is not null
        )

)

{{ every_row_holds('telco.lines_bill_the_charges') }}
