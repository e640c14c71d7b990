-- Grain: one row per compared key whose quantity our evidence proves only as a range.
-- Supports LIC-8 (a vendor figure inside the range reconciles as matched): the daily report shows a
-- pool between two ends, so what is billed on demand lies between two ends as well.
-- Guarantees: the rate is that of our line, else the contract's, also where we drafted none on
-- demand; what else the key holds (a commitment) is known exactly.
-- Forbids: a range where both ends are equal.
with

licence_usage as (

    select * from {{ ref('licence_usage') }}

),

mapped_lines as (

    select * from {{ ref('int_vendor__mapped_lines') }}

),

line_keys as (

    select * from {{ ref('int_vendor__line_keys') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

),

proven as (

    select
        org,
        period_start,
        'licence.' || licence as charge_prefix,
        'licence.' || licence || '.on_demand' as charge_code,
        greatest(actual_low - committed, 0) as low_quantity,
        greatest(actual_high - committed, 0) as high_quantity
    from licence_usage
    where
        item_kind = 'licence'
        and actual_low < actual_high

),

versions as (

    select distinct
        org,
        invoice_month,
        period_start,
        contract_version
    from mapped_lines

),

keys as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        charge_code,
        0 as distance
    from line_keys
    union all
    -- we drafted none on demand, the vendor bills some
    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        unnest(charge_prefixes) as charge_code,
        len(charge_prefixes) as distance
    from mapped_lines

),

keyed as (

    select
        proven.org,
        versions.invoice_month,
        proven.period_start,
        proven.charge_prefix,
        proven.charge_code,
        proven.low_quantity,
        proven.high_quantity,
        versions.contract_version,
        keys.service_start,
        keys.charge_key
    from proven
    inner join versions
        on
            proven.org = versions.org
            and proven.period_start = versions.period_start
    inner join keys
        on
            proven.org = keys.org
            and versions.invoice_month = keys.invoice_month
            and proven.period_start = keys.period_start
            and proven.period_start = keys.service_start
            and proven.charge_code = keys.charge_code
    qualify
        row_number() over (
            partition by proven.org, versions.invoice_month, proven.period_start, proven.charge_code
            order by keys.distance, keys.charge_key
        ) = 1

),

drafted as (

    select
        keyed.org,
        keyed.invoice_month,
        keyed.period_start,
        keyed.service_start,
        keyed.charge_key,
        max(line_keys.rate) filter (where line_keys.charge_code = keyed.charge_code) as rate,
        sum(line_keys.quantity) filter (where line_keys.charge_code <> keyed.charge_code)
            as other_quantity,
        sum(line_keys.amount) filter (where line_keys.charge_code <> keyed.charge_code)
            as other_amount
    from keyed
    left join line_keys
        on
            keyed.org = line_keys.org
            and keyed.invoice_month = line_keys.invoice_month
            and keyed.period_start = line_keys.period_start
            and keyed.service_start = line_keys.service_start
            and keyed.charge_key = line_keys.charge_key
    group by
        keyed.org,
        keyed.invoice_month,
        keyed.period_start,
        keyed.service_start,
        keyed.charge_key

)

select
    keyed.org,
    keyed.invoice_month,
    keyed.period_start,
    keyed.service_start,
    keyed.charge_key,
    (keyed.low_quantity + coalesce(drafted.other_quantity, 0))::decimal(18, 6) as low_quantity,
    (keyed.high_quantity + coalesce(drafted.other_quantity, 0))::decimal(18, 6) as high_quantity,
    coalesce(drafted.other_quantity, 0)::decimal(18, 6) as other_quantity,
    coalesce(drafted.other_amount, 0)::decimal(18, 2) as other_amount,
    coalesce(drafted.rate, items.on_demand_rate) as rate
from keyed
inner join drafted
    on
        keyed.org = drafted.org
        and keyed.invoice_month = drafted.invoice_month
        and keyed.period_start = drafted.period_start
        and keyed.service_start = drafted.service_start
        and keyed.charge_key = drafted.charge_key
left join items
    on
        keyed.org = items.org
        and keyed.contract_version = items.version
        and keyed.charge_prefix = items.charge_prefix
