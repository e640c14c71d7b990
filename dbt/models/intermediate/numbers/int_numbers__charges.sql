-- Grain: one row per organization, invoice period, service period, number type and charge
-- (recurring, setup).
-- Rule: VOX-8 (recurring by type for numbers owned at any moment of the period, setup for those
-- that became active in it; `advance` bills the numbers owned on the last day of k for k+1).
-- Guarantees: k's contract decides whether k is billed in arrears, k+1's whether k+1 is billed in
-- advance, each at its own rates, so a change of billing bills every period once, except period 0's
-- own under `advance`, which the rule leaves out.
-- Forbids: an advance charge for a period that is not in force; a number of unknown type.
{{ config(materialized='view') }}
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

contract_numbers as (

    select * from {{ ref('stg_contracts__numbers') }}

),

holdings as (

    select * from {{ ref('int_numbers__holdings') }}
    where number_type is not null

),

next_periods as (

    -- the period after each period of the scope, where its own contract bills it in advance
    select
        scope.org,
        scope.period_start,
        periods.period_start as service_start,
        periods.period_end as service_end,
        periods.contract_version
    from scope
    inner join periods
        on
            scope.org = periods.org
            and scope.period_index + 1 = periods.period_index
    inner join versions
        on
            periods.org = versions.org
            and periods.contract_version = versions.version
    where
        periods.is_in_force
        and versions.numbers_billing = 'advance'

),

owned as (

    select
        org,
        period_start,
        number_type,
        count(*) as owned,
        count(*) filter (where is_owned_on_last_day) as owned_on_last_day,
        count(*) filter (where is_set_up) as set_up
    from holdings
    group by org, period_start, number_type

),

counted as (

    select
        scope.org,
        scope.period_start,
        owned.number_type,
        'number_recurring' as charge,
        scope.period_start as service_start,
        scope.period_end as service_end,
        scope.contract_version,
        owned.owned as quantity
    from scope
    inner join owned
        on
            scope.org = owned.org
            and scope.period_start = owned.period_start
    where scope.numbers_billing = 'arrears'
    union all
    select
        next_periods.org,
        next_periods.period_start,
        owned.number_type,
        'number_recurring' as charge,
        next_periods.service_start,
        next_periods.service_end,
        next_periods.contract_version,
        owned.owned_on_last_day as quantity
    from next_periods
    inner join owned
        on
            next_periods.org = owned.org
            and next_periods.period_start = owned.period_start
    union all
    select
        scope.org,
        scope.period_start,
        owned.number_type,
        'number_setup' as charge,
        scope.period_start as service_start,
        scope.period_end as service_end,
        scope.contract_version,
        owned.set_up as quantity
    from scope
    inner join owned
        on
            scope.org = owned.org
            and scope.period_start = owned.period_start

)

select
    scope.org,
    scope.invoice_month,
    'period' as invoice_kind,
    scope.period_start as invoice_key,
    counted.service_start as charged_period_start,
    null::varchar as section,
    'telco.' || counted.charge || '.' || counted.number_type as charge_code,
    case counted.charge when 'number_setup' then 'Number setup, ' else 'Phone numbers, ' end
    || case counted.number_type
        when 'did' then 'DID'
        else replace(counted.number_type, '_', '-')
    end
        as description,
    counted.service_start,
    counted.service_end,
    counted.quantity::decimal(18, 6) as quantity,
    'number' as unit,
    case counted.charge
        when 'number_setup' then contract_numbers.setup_rate
        else contract_numbers.recurring_rate
    end as rate,
    false as is_given_amount,
    null::decimal(38, 6) as given_amount,
    contract_numbers.is_billed_in_ramp,
    'VOX-8' as rule_id
from counted
inner join scope
    on
        counted.org = scope.org
        and counted.period_start = scope.period_start
left join contract_numbers
    on
        counted.org = contract_numbers.org
        and counted.contract_version = contract_numbers.version
        and counted.number_type = contract_numbers.number_type
where counted.quantity > 0
