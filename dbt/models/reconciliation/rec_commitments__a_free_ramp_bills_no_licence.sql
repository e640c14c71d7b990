-- Grain: one row per organization and invoice month of the run.
-- Invariant: A software-free ramp bills no licence or add-on but those that the contract excepts.
-- (CON-7, CON-15)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

contract_licences as (

    select * from {{ ref('stg_contracts__licences') }}

),

contract_add_ons as (

    select * from {{ ref('stg_contracts__add_ons') }}

),

billed_in_ramp as (

    select
        org,
        version,
        'licence.' || licence as charge_prefix
    from contract_licences
    where is_billed_in_ramp
    union all
    select
        org,
        version,
        'add_on.' || add_on as charge_prefix
    from contract_add_ons
    where is_billed_in_ramp

),

examined as (

    select
        lines.org,
        lines.invoice_month,
        lines.charge_code as subject,
        billed_in_ramp.charge_prefix is not null as holds
    from lines
    inner join scope
        on
            lines.org = scope.org
            and lines.service_start = scope.period_start
            and lines.invoice_month = scope.invoice_month
    left join billed_in_ramp
        on
            scope.org = billed_in_ramp.org
            and scope.contract_version = billed_in_ramp.version
            and starts_with(lines.charge_code, billed_in_ramp.charge_prefix || '.')
    where
        scope.phase = 'ramp'
        and scope.ramp_policy = 'software_free'
        and lines.invoice_kind = 'period'
        and lines.charge_family in ('licence', 'add_on')

)

{{ every_row_holds('commitments.a_free_ramp_bills_no_licence') }}
