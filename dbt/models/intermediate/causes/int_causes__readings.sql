-- Grain: one row per comparison and candidate: a plain quantity, a reading of a rule, or a pair.
-- Supports REC-4: every way to explain a row in one shape, with what the vendor's row would show.
-- A reading of a charge code is lifted to the row that the code is compared in.
-- Guarantees: a new cause is one more model that is united here.
with

quantities as (

    select * from {{ ref('int_causes__quantities') }}

),

call_readings as (

    select * from {{ ref('int_causes__call_readings') }}
    union all
    select * from {{ ref('int_causes__subset_pairs') }}

),

compared_rows as (

    select * from {{ ref('int_causes__rows') }}

),

line_keys as (

    select * from {{ ref('int_vendor__line_keys') }}

),

{% set row_key = ['org', 'invoice_month', 'period_start', 'service_start', 'charge_key'] %}
{% set parts = [
    'first_cause', 'first_reading', 'first_detail',
    'second_cause', 'second_reading', 'second_detail',
] %}
of_codes as (

    {% for model in [
        'int_causes__commitments', 'int_causes__allowances', 'int_causes__licence_windows',
    ] %}
        select
            org,
            invoice_month,
            period_start,
            service_start,
            charge_code,
            {{ parts | join(', ') }},
            first_quantity,
            quantity,
            rate,
            position,
            rows_needed
        from {{ ref(model) }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

lines as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        charge_code,
        sum(quantity) as quantity,
        sum(amount) as amount
    from line_keys
    group by
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        charge_code

),

placed as (

    select
        of_codes.*,
        compared_rows.charge_key,
        compared_rows.minor_units,
        compared_rows.expected_quantity,
        compared_rows.expected_amount,
        compared_rows.expected_lines,
        compared_rows.vendor_quantity,
        coalesce(lines.quantity, 0) as line_quantity,
        coalesce(lines.amount, 0) as line_amount
    from of_codes
    left join lines
        on
            of_codes.org = lines.org
            and of_codes.invoice_month = lines.invoice_month
            and of_codes.period_start = lines.period_start
            and of_codes.service_start = lines.service_start
            and of_codes.charge_code = lines.charge_code
    inner join compared_rows
        on
            of_codes.org = compared_rows.org
            and of_codes.invoice_month = compared_rows.invoice_month
            and of_codes.period_start = compared_rows.period_start
            and of_codes.service_start = compared_rows.service_start
            and (
                lines.charge_key = compared_rows.charge_key
                or (
                    lines.charge_key is null
                    and starts_with(of_codes.charge_code || '.', compared_rows.charge_key || '.')
                )
            )

),

lifted as (

    select
        {{ row_key | join(', ') }},
        first_cause,
        first_reading,
        max_by(first_detail, quantity) as first_detail,
        second_cause,
        second_reading,
        max_by(second_detail, quantity) as second_detail,
        max(expected_amount) + sum(
            {{ line_amount('first_quantity', 'rate', 'minor_units') }} - line_amount
        ) as first_amount,
        max(expected_quantity) + sum(quantity - line_quantity) as quantity,
        max(expected_amount) + sum(
            {{ line_amount('quantity', 'rate', 'minor_units') }} - line_amount
        ) as amount,
        case when count(*) = 1 and max(expected_lines) <= 1 then max(rate) end as rate,
        min(position) as position,
        min(rows_needed) as rows_needed,
        max(expected_quantity) as expected_quantity,
        max(expected_amount) as expected_amount,
        max(vendor_quantity) as vendor_quantity
    from placed
    group by
        {{ row_key | join(', ') }},
        first_cause,
        first_reading,
        second_cause,
        second_reading

),

of_lines as (

    {% for model in ['int_causes__surcharge', 'int_causes__call_fees'] %}
        select
            {{ row_key | join(', ') }},
            {{ parts | join(', ') }},
            first_amount,
            quantity,
            amount,
            rate,
            position,
            rows_needed
        from {{ ref(model) }}
        union all
    {% endfor %}
    select
        {{ row_key | join(', ') }},
        {{ parts | join(', ') }},
        first_amount,
        quantity,
        amount,
        rate,
        position,
        rows_needed
    from lifted
    where
        quantity <> expected_quantity
        or amount <> expected_amount

)

select
    {{ row_key | join(', ') }},
    cause as first_cause,
    null::varchar as first_reading,
    detail as first_detail,
    null::varchar as second_cause,
    null::varchar as second_reading,
    null::varchar as second_detail,
    null::decimal(18, 6) as first_amount,
    quantity,
    amount,
    rate,
    true as is_plain,
    position,
    0 as rows_needed,
    true as is_quantity,
    true as is_consistent,
    true as is_match
from quantities
union all
select
    {{ row_key | join(', ') }},
    {{ parts | join(', ') }},
    first_amount,
    quantity,
    amount,
    null as rate,
    false as is_plain,
    position,
    rows_needed,
    is_quantity,
    is_consistent,
    is_match
from call_readings
union all
select
    of_lines.org,
    of_lines.invoice_month,
    of_lines.period_start,
    of_lines.service_start,
    of_lines.charge_key,
    of_lines.{{ parts | join(', of_lines.') }},
    of_lines.first_amount::decimal(18, 6) as first_amount,
    of_lines.quantity::decimal(18, 6) as quantity,
    of_lines.amount::decimal(18, 6) as amount,
    of_lines.rate,
    false as is_plain,
    of_lines.position,
    of_lines.rows_needed,
    of_lines.quantity = compared_rows.vendor_quantity as is_quantity,
    of_lines.quantity = compared_rows.vendor_quantity as is_consistent,
    of_lines.quantity = compared_rows.vendor_quantity as is_match
from of_lines
inner join compared_rows
    on
        of_lines.org = compared_rows.org
        and of_lines.invoice_month = compared_rows.invoice_month
        and of_lines.period_start = compared_rows.period_start
        and of_lines.service_start = compared_rows.service_start
        and of_lines.charge_key = compared_rows.charge_key
