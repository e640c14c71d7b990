-- Grain: one row per period invoice and fee of its contract that is a line.
-- Rule: TAX-2 (fees: rate × numbers, users, calls or 1 per invoice, in section taxes).
-- Guarantees: an `invoice` fee only where the invoice has a line that is neither one nor a tax;
-- billed in the ramp unless the contract says otherwise (CON-15); priced as any line (CON-11,
-- CON-12).
-- Forbids: a fee on an order invoice, or on taxes.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

contract_fees as (

    select * from {{ ref('stg_contracts__fees') }}

),

numbers_owned as (

    select * from {{ ref('int_numbers__owned') }}

),

base_quantities as (

    select * from {{ ref('int_licences__base_quantity') }}

),

call_counts as (

    select * from {{ ref('int_telco__call_counts') }}

),

priced_lines as (

    select * from {{ ref('int_invoicing__priced_lines') }}

),

periods_with_lines as (

    select
        org,
        invoice_key as period_start
    from priced_lines
    where invoice_kind = 'period'
    group by org, invoice_key

),

counted as (

    select
        scope.org,
        scope.invoice_month,
        scope.period_start,
        scope.period_end,
        scope.minor_units,
        contract_fees.name_slug,
        contract_fees.name,
        contract_fees.basis,
        case when not scope.is_trial then contract_fees.rate end as rate,
        contract_fees.rate is null
        and scope.channel = 'direct'
        and not scope.is_trial as is_unpriced,
        case contract_fees.basis
            when 'numbers' then numbers_owned.numbers
            when 'users' then base_quantities.quantity
            when 'calls' then call_counts.calls
        end::decimal(18, 6) as quantity,
        periods_with_lines.org is not null as has_priced_line
    from scope
    inner join contract_fees
        on
            scope.org = contract_fees.org
            and scope.contract_version = contract_fees.version
    left join numbers_owned
        on
            scope.org = numbers_owned.org
            and scope.period_start = numbers_owned.period_start
    left join base_quantities
        on
            scope.org = base_quantities.org
            and scope.period_start = base_quantities.period_start
    left join call_counts
        on
            scope.org = call_counts.org
            and scope.period_start = call_counts.period_start
    left join periods_with_lines
        on
            scope.org = periods_with_lines.org
            and scope.period_start = periods_with_lines.period_start
    where
        {{ is_billed_in_phase(
            'scope.phase', 'scope.ramp_policy', 'coalesce(contract_fees.is_billed_in_ramp, true)'
        ) }}

),

with_invoice_fees as (

    select
        * exclude (quantity),
        case
            when basis <> 'invoice' then quantity
            when
                has_priced_line
                or bool_or(quantity <> 0) over (partition by org, period_start)
                then 1
        end::decimal(18, 6) as quantity
    from counted

)

select
    org,
    invoice_month,
    'period' as invoice_kind,
    period_start as invoice_key,
    'taxes' as section,
    'fee.' || name_slug as charge_code,
    name as description,
    period_start as service_start,
    period_end as service_end,
    quantity,
    case basis
        when 'numbers' then 'number'
        when 'users' then 'user'
        when 'calls' then 'call'
        else 'invoice'
    end as unit,
    rate,
    {{ line_amount('quantity', 'rate', 'minor_units') }} as amount,
    is_unpriced,
    'TAX-2' as rule_id
from with_invoice_fees
where quantity <> 0
