-- Grain: one row per resource charge and row of the report, licence whose allowance is taken off,
-- or rounding.
-- Supports INV-6 for RES-2 to RES-6.
-- Guarantees: the quantities of a charge add up to its overage. A row's quantity is its part of the
-- combined days (its whole, its share of an average, or nothing but the largest or latest day);
-- what the file says stands in `reported`.
-- Forbids: a share of an average rounded in silence: six decimals, and the rest is `rounding`.
{{ config(materialized='view') }}
with

charges as (

    select
        *,
        regexp_replace(charge_code, '^resource[.]', '') as resource
    from {{ ref('int_resources__charges') }}

),

overages as (

    select * from {{ ref('int_resources__overages') }}

),

report_rows as (

    select * from {{ ref('int_resources__report_rows') }}

),

licence_allowances as (

    select * from {{ ref('int_resources__licence_allowances') }}

),

charged as (

    select
        charges.org,
        charges.invoice_kind,
        charges.invoice_key,
        charges.charge_code,
        charges.service_start,
        charges.quantity as overage,
        overages.period_start,
        overages.resource,
        overages.basis,
        overages.combine,
        overages.days_reported
    from charges
    inner join overages
        on
            charges.org = overages.org
            and charges.charged_period_start = overages.period_start
            and charges.resource = overages.resource

),

rows_of_days as (

    select
        charged.*,
        report_rows.resource_name,
        report_rows.usage_date,
        report_rows.quantity as reported,
        report_rows.file_id,
        report_rows.line_number,
        sum(report_rows.quantity) over (
            partition by charged.org, charged.period_start, charged.resource, report_rows.usage_date
        ) as day_quantity
    from charged
    inner join report_rows
        on
            charged.org = report_rows.org
            and charged.period_start = report_rows.period_start
            and charged.resource = report_rows.resource
            and charged.basis = report_rows.basis

),

deciding_days as (

    select
        org,
        period_start,
        resource,
        case combine
            when 'max' then arg_max(usage_date, (day_quantity, -epoch(usage_date)))
            when 'last' then max(usage_date)
        end as deciding_date
    from rows_of_days
    group by org, period_start, resource, combine

),

used as (

    select
        rows_of_days.org,
        rows_of_days.period_start,
        rows_of_days.resource,
        rows_of_days.invoice_kind,
        rows_of_days.invoice_key,
        rows_of_days.charge_code,
        rows_of_days.service_start,
        'day' as evidence,
        rows_of_days.resource_name as subject,
        rows_of_days.usage_date,
        case
            when rows_of_days.combine = 'average'
                then
                    {{ round_ratio(
                        in_micro('rows_of_days.reported'),
                        'rows_of_days.days_reported::hugeint * ' ~ micro()
                    ) }}
            else rows_of_days.reported
        end::decimal(18, 6) as quantity,
        rows_of_days.reported,
        rows_of_days.file_id,
        rows_of_days.line_number,
        case rows_of_days.combine
            when 'average'
                then
                    {{ plain_number('rows_of_days.reported') }}
                    || ', its share of the average over '
                    || {{ counted('rows_of_days.days_reported', 'day') }}
            when 'max' then 'the largest day'
            when 'last' then 'the latest day'
            else 'quantity of the day'
        end as detail
    from rows_of_days
    inner join deciding_days
        on
            rows_of_days.org = deciding_days.org
            and rows_of_days.period_start = deciding_days.period_start
            and rows_of_days.resource = deciding_days.resource
    where
        deciding_days.deciding_date is null
        or rows_of_days.usage_date = deciding_days.deciding_date

),

allowed as (

    select
        charged.org,
        charged.period_start,
        charged.resource,
        charged.invoice_kind,
        charged.invoice_key,
        charged.charge_code,
        charged.service_start,
        'allowance' as evidence,
        licence_allowances.licence as subject,
        null::date as usage_date,
        -{{ round_ratio('licence_allowances.numerator', 'licence_allowances.denominator') }}
            as quantity,
        licence_allowances.units::decimal(18, 6) as reported,
        null as file_id,
        null::bigint as line_number,
        {{ plain_number('licence_allowances.allocation') }} || ' for each of '
        || {{ plain_number('licence_allowances.units') }}
        || case licence_allowances.licence_model
            when 'hourly' then ' hours, by the hours of a full month'
            else ' units'
        end as detail
    from charged
    inner join licence_allowances
        on
            charged.org = licence_allowances.org
            and charged.period_start = licence_allowances.period_start
            and charged.resource = licence_allowances.resource
    where
        charged.basis = 'gross'
        and licence_allowances.numerator <> 0

),

pieces as (

    select * from used
    union all
    select * from allowed

),

sums as (

    select
        org,
        period_start,
        resource,
        sum(quantity) as quantity
    from pieces
    group by org, period_start, resource

)

select
    org,
    invoice_kind,
    invoice_key,
    charge_code,
    service_start,
    1::bigint as number_in_key,
    evidence,
    subject,
    usage_date,
    quantity,
    null::decimal(38, 6) as amount,
    reported,
    file_id,
    line_number,
    detail
from pieces
union all
select
    charged.org,
    charged.invoice_kind,
    charged.invoice_key,
    charged.charge_code,
    charged.service_start,
    1::bigint as number_in_key,
    'rounding' as evidence,
    'decimals of the resource' as subject,
    null::date as usage_date,
    (charged.overage - sums.quantity)::decimal(18, 6) as quantity,
    null::decimal(38, 6) as amount,
    null::decimal(18, 6) as reported,
    null as file_id,
    null::bigint as line_number,
    'the overage is rounded once (RES-4)' as detail
from charged
inner join sums
    on
        charged.org = sums.org
        and charged.period_start = sums.period_start
        and charged.resource = sums.resource
where charged.overage <> sums.quantity
