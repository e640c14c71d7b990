-- Grain: one row per charge that the contract alone makes, and entry of the contract behind it.
-- Supports INV-6 for CON-2 to CON-6, CON-9, CON-14 and CON-15: commitments, one-time items, other
-- charges and credits have no usage behind them; their evidence is the contract's own figure.
-- Guarantees: a prepaid term is the commitment times its months; a raise is the new commitment less
-- the one before, each times the months that are left.
{{ config(materialized='view') }}
with

monthly_prepay as (

    select * from {{ ref('int_commitments__monthly_prepay') }}

),

committed as (

    select * from {{ ref('int_commitments__committed') }}

),

annual_prepay as (

    select * from {{ ref('int_commitments__annual_prepay') }}

),

one_time as (

    select * from {{ ref('int_one_time__charges') }}

),

recurring as (

    select * from {{ ref('int_recurring__charges') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

contract_dates as (

    select * from {{ ref('int_invoicing__contract_dates') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

of_a_period as (

    select
        charges.org,
        charges.invoice_kind,
        charges.invoice_key,
        charges.charge_code,
        charges.service_start,
        periods.contract_version,
        1 as months,
        false as is_former
    from (
        select * from monthly_prepay
        union all
        select * from committed
    ) as charges
    inner join periods
        on
            charges.org = periods.org
            and charges.charged_period_start = periods.period_start

),

of_a_term as (

    select
        annual_prepay.org,
        annual_prepay.invoice_kind,
        annual_prepay.invoice_key,
        annual_prepay.charge_code,
        annual_prepay.service_start,
        contract_dates.contract_version,
        datediff('month', annual_prepay.service_start, (annual_prepay.service_end + 1)::date)
            as months,
        annual_prepay.invoice_key >= contract_dates.until_date as is_former
    from annual_prepay
    inner join contract_dates
        on
            annual_prepay.org = contract_dates.org
            and (
                (
                    annual_prepay.invoice_key >= contract_dates.from_date
                    and annual_prepay.invoice_key < contract_dates.until_date
                )
                or (
                    annual_prepay.rule_id = 'CON-14'
                    and annual_prepay.invoice_key = contract_dates.until_date
                )
            )

),

commitments as (

    select * from of_a_period
    union all
    select * from of_a_term

),

numbered_recurring as (

    select
        *,
        row_number() over (
            partition by org, invoice_kind, invoice_key, charge_code, service_start
            order by
                {{ section_order("coalesce(section, 'core')") }},
                description,
                quantity
        ) as number_in_key
    from recurring

)

select
    commitments.org,
    commitments.invoice_kind,
    commitments.invoice_key,
    commitments.charge_code,
    commitments.service_start,
    1::bigint as number_in_key,
    'contract' as evidence,
    items.title as subject,
    null::date as usage_date,
    (
        case when commitments.is_former then -items.committed else items.committed end
        * commitments.months
    )::decimal(18, 6) as quantity,
    null::decimal(38, 6) as amount,
    items.committed::decimal(18, 6) as reported,
    null::varchar as file_id,
    null::bigint as line_number,
    case when commitments.is_former then 'committed before' else 'committed' end
    || case
        when commitments.months = 1 then ''
        else ', times ' || commitments.months || ' months'
    end
    || ', contract in force from ' || versions.effective_from as detail
from commitments
inner join items
    on
        commitments.org = items.org
        and commitments.contract_version = items.version
        and regexp_replace(commitments.charge_code, '[.](prepay|committed)$', '')
        = items.charge_prefix
inner join versions
    on
        commitments.org = versions.org
        and commitments.contract_version = versions.version
union all
select
    org,
    invoice_kind,
    invoice_key,
    charge_code,
    service_start,
    1::bigint as number_in_key,
    'contract' as evidence,
    'one_time: ' || description as subject,
    invoice_key as usage_date,
    quantity,
    null::decimal(38, 6) as amount,
    null::decimal(18, 6) as reported,
    null as file_id,
    null::bigint as line_number,
    'listed for this date' as detail
from one_time
union all
select
    org,
    invoice_kind,
    invoice_key,
    charge_code,
    service_start,
    number_in_key,
    'contract' as evidence,
    'recurring: ' || description as subject,
    null::date as usage_date,
    quantity,
    null::decimal(38, 6) as amount,
    null::decimal(18, 6) as reported,
    null as file_id,
    null::bigint as line_number,
    'listed for each period' as detail
from numbered_recurring
