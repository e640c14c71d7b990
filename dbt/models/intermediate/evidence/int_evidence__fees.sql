-- Grain: one row per fee of an invoice and number, user, session, day of calls or contract entry
-- that its basis counts.
-- Supports INV-6 for TAX-2.
{{ config(materialized='view') }}
with

fees as (

    select * from {{ ref('int_invoicing__fees') }}

),

holdings as (

    select * from {{ ref('int_numbers__holdings') }}
    where number_type is not null

),

licence_units as (

    select * from {{ ref('int_evidence__licence_units') }}
    where item_kind = 'licence'

),

call_days as (

    select
        org,
        period_start,
        call_date,
        sum(calls) as calls
    from {{ ref('int_telco__daily_totals') }}
    where
        is_in_contract_currency
        and service <> 'byoc'
    group by org, period_start, call_date

),

counted as (

    select
        org,
        period_start,
        'number' as unit,
        'number' as evidence,
        phone_number as subject,
        active_from as usage_date,
        1::decimal(18, 6) as quantity,
        null::decimal(18, 6) as reported,
        file_id,
        line_number,
        'owned in the period' as detail
    from holdings
    union all
    select
        org,
        period_start,
        'user' as unit,
        evidence,
        subject,
        usage_date,
        quantity,
        reported,
        file_id,
        line_number,
        item || ': ' || detail as detail
    from licence_units
    union all
    select
        org,
        period_start,
        'call' as unit,
        'calls' as evidence,
        'calls' as subject,
        call_date as usage_date,
        calls::decimal(18, 6) as quantity,
        calls::decimal(18, 6) as reported,
        null as file_id,
        null::bigint as line_number,
        {{ counted('calls', 'call') }} || ' of the day, all services' as detail
    from call_days

)

select
    fees.org,
    fees.invoice_kind,
    fees.invoice_key,
    fees.charge_code,
    fees.service_start,
    1::bigint as number_in_key,
    counted.evidence,
    counted.subject,
    counted.usage_date,
    counted.quantity,
    null::decimal(38, 6) as amount,
    counted.reported,
    counted.file_id,
    counted.line_number,
    counted.detail
from fees
inner join counted
    on
        fees.org = counted.org
        and fees.invoice_key = counted.period_start
        and fees.unit = counted.unit
union all
select
    org,
    invoice_kind,
    invoice_key,
    charge_code,
    service_start,
    1::bigint as number_in_key,
    'contract' as evidence,
    'fees: ' || description as subject,
    null::date as usage_date,
    quantity,
    null::decimal(38, 6) as amount,
    null::decimal(18, 6) as reported,
    null as file_id,
    null::bigint as line_number,
    'once for an invoice with a line' as detail
from fees
where unit = 'invoice'
