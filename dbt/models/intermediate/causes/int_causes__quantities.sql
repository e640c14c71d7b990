-- Grain: one row per comparison that varies and plain way to read its quantity.
-- Supports REC-4: what needs no reading of a rule. quantity (for licences user_count, for numbers
-- number_count, for a prepay or a committed line commitment, for a tax tax) is the difference in
-- quantity at our rate; missing_line and extra_line are whole lines; a row with equal quantities
-- has no such cause.
-- Guarantees: at least one row per comparison, so that everything is explained by something.
-- Forbids: a rate of the vendor's.
with

rows_to_explain as (

    select * from {{ ref('int_causes__rows') }}
    where is_varying

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

items as (

    select * from {{ ref('int_commitments__items') }}

),

of_both as (

    select
        *,
        vendor_quantity - expected_quantity as quantity_variance,
        vendor_amount - expected_amount as variance,
        case kind
            when 'users' then 'user_count'
            when 'numbers' then 'number_count'
            when 'commitment' then 'commitment'
            when 'tax' then 'tax'
            else 'quantity'
        end as cause,
        case
            when kind = 'tax' then 'taxed: '
            when kind = 'users' then 'users billed: '
            when kind = 'numbers' then 'numbers billed: '
            when kind = 'commitment' then 'committed quantity billed: '
            else 'quantity billed: '
        end
        || {{ plain_number('vendor_quantity') }} || ' instead of '
        || {{ plain_number('expected_quantity') }} as detail
    from rows_to_explain
    where
        vendor_lines > 0
        and expected_lines > 0

),

varying_quantity as (

    -- a tax's quantity is money: in another currency it is the currency that differs
    select * from of_both
    where
        quantity_variance <> 0
        and not (kind = 'tax' and is_other_currency)

),

quantities as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        'missing_line' as cause,
        'not on the vendor''s invoice' as detail,
        0::decimal(18, 6) as quantity,
        0::decimal(18, 6) as amount,
        null::decimal(18, 6) as rate,
        0 as position
    from rows_to_explain
    where vendor_lines = 0
    union all
    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        'extra_line' as cause,
        'on the vendor''s invoice alone' as detail,
        vendor_quantity as quantity,
        vendor_amount as amount,
        null as rate,
        0 as position
    from rows_to_explain
    where expected_lines = 0
    union all
    -- nothing but the price, the currency or the arithmetic differs
    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        null as cause,
        null as detail,
        vendor_quantity as quantity,
        expected_amount as amount,
        expected_rate as rate,
        0 as position
    from of_both
    where
        quantity_variance = 0
        or (kind = 'tax' and is_other_currency)
    union all
    -- lines of one rate
    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        cause,
        detail,
        vendor_quantity as quantity,
        {{ line_amount('vendor_quantity', 'expected_rate', 'minor_units') }} as amount,
        expected_rate as rate,
        0 as position
    from varying_quantity
    where expected_rate is not null
    union all
    -- lines of several rates under one description: the difference is of one of them, or of both
    {% for rate in ['lowest_rate', 'highest_rate'] %}
        select
            org,
            invoice_month,
            period_start,
            service_start,
            charge_key,
            cause,
            detail,
            vendor_quantity as quantity,
            expected_amount
            + {{ line_amount('quantity_variance', rate, 'minor_units') }} as amount,
            null as rate,
            1 as position
        from varying_quantity
        where
            expected_rate is null
            and {{ rate }} is not null
        union all
    {% endfor %}
    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        cause,
        detail,
        vendor_quantity as quantity,
        vendor_amount as amount,
        null as rate,
        1 as position
    from varying_quantity
    where
        expected_rate is null
        and variance between
        least(quantity_variance * lowest_rate, quantity_variance * highest_rate)
        and greatest(quantity_variance * lowest_rate, quantity_variance * highest_rate)
    union all
    -- users above a commitment that we found unused: on demand, under the same description
    select
        varying_quantity.org,
        varying_quantity.invoice_month,
        varying_quantity.period_start,
        varying_quantity.service_start,
        varying_quantity.charge_key,
        'user_count' as cause,
        varying_quantity.detail,
        varying_quantity.vendor_quantity as quantity,
        varying_quantity.expected_amount
        + {{ line_amount(
            'varying_quantity.quantity_variance',
            'items.on_demand_rate',
            'varying_quantity.minor_units',
        ) }} as amount,
        null as rate,
        1 as position
    from varying_quantity
    inner join scope
        on
            varying_quantity.org = scope.org
            and varying_quantity.period_start = scope.period_start
            and varying_quantity.invoice_month = scope.invoice_month
    inner join items
        on
            scope.org = items.org
            and scope.contract_version = items.version
            and varying_quantity.charge_key = items.charge_prefix || '.on_demand'
    where
        varying_quantity.kind = 'commitment'
        and varying_quantity.quantity_variance > 0
        and items.on_demand_rate <> varying_quantity.expected_rate
    union all
    -- calls have no one rate: the difference at what a minute comes to on the line
    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        cause,
        'minutes billed: ' || {{ plain_number('vendor_quantity') }} || ' instead of '
        || {{ plain_number('expected_quantity') }} as detail,
        vendor_quantity as quantity,
        case
            when variance = 0 or expected_quantity = 0 then expected_amount
            else {{ round_ratio(
                in_micro('vendor_quantity') ~ ' * ' ~ in_micro('expected_amount'),
                in_micro('expected_quantity') ~ ' * ' ~ micro(),
                'minor_units',
            ) | indent(12) }}
        end as amount,
        null as rate,
        1 as position
    from varying_quantity
    where kind = 'calls'

)

select
    org,
    invoice_month,
    period_start,
    service_start,
    charge_key,
    cause,
    detail,
    quantity,
    amount::decimal(18, 6) as amount,
    rate,
    position
from quantities
