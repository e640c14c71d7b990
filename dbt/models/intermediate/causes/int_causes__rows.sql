-- Grain: one row per comparison of int_vendor__compared whose amounts are known on both sides.
-- Supports REC-4: what there is to explain, and of which kind a row is; rows without a variance are
-- here too, because a reading that would change them speaks against itself.
-- Forbids: an explanation of what is not comparable.
with

compared as (

    select * from {{ ref('int_vendor__compared') }}
    where status <> 'not_comparable'

),

line_keys as (

    select * from {{ ref('int_vendor__line_keys') }}

),

lines as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        min(rate) as lowest_rate,
        max(rate) as highest_rate,
        bool_and(ends_with(charge_code, '.prepay') or ends_with(charge_code, '.committed'))
            as is_commitment
    from line_keys
    group by org, invoice_month, period_start, service_start, charge_key

),

described as (

    select
        compared.org,
        compared.invoice_month,
        compared.period_start,
        compared.service_start,
        compared.charge_key,
        compared.currency,
        compared.minor_units,
        compared.vendor_currency,
        compared.vendor_lines,
        compared.expected_lines,
        coalesce(compared.expected_quantity, 0)::decimal(18, 6) as expected_quantity,
        compared.expected_rate,
        coalesce(compared.expected_amount, 0)::decimal(18, 6) as expected_amount,
        coalesce(compared.vendor_quantity, 0)::decimal(18, 6) as vendor_quantity,
        compared.vendor_rate,
        coalesce(compared.vendor_amount, 0)::decimal(18, 6) as vendor_amount,
        compared.amount_variance::decimal(18, 6) as amount_variance,
        compared.status,
        coalesce(compared.vendor_currency <> compared.currency, false) as is_other_currency,
        lines.lowest_rate,
        lines.highest_rate,
        coalesce(lines.is_commitment, false) as is_commitment,
        {{ rule_constant('vendor_line_tolerance', 'compared.service_start') }}
        * greatest(compared.vendor_lines, compared.expected_lines) as tolerance
    from compared
    left join lines
        on
            compared.org = lines.org
            and compared.invoice_month = lines.invoice_month
            and compared.period_start = lines.period_start
            and compared.service_start = lines.service_start
            and compared.charge_key = lines.charge_key

)

select
    *,
    case
        when starts_with(charge_key, 'telco.number_') then 'numbers'
        when starts_with(charge_key, 'telco.short_calls') then 'short_calls'
        when starts_with(charge_key, 'telco.') then 'calls'
        when starts_with(charge_key, 'tax.') then 'tax'
        when is_commitment then 'commitment'
        when starts_with(charge_key, 'licence.') or starts_with(charge_key, 'add_on.') then 'users'
        else 'other'
    end as kind,
    case
        when vendor_rate is not null
            then {{ line_amount('vendor_quantity', 'vendor_rate', 'minor_units') }}
    end::decimal(18, 6) as vendor_product,
    status <> 'matched' or amount_variance <> 0 or is_other_currency as is_varying
from described
