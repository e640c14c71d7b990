-- Grain: one row per organization and invoice month of the run.
-- Invariant: In arrears, every number owned at any moment of the period is billed once. (VOX-8,
-- counted again from the report, where the latest row of a number decides)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

phone_numbers as (

    select * from {{ ref('stg_genesys__phone_numbers') }}

),

lines as (

    select * from {{ ref('reconciliation_lines') }}

),

number_types as (

    select
        regexp_replace(lower(trim(type_name)), '[^a-z]+', '_', 'g') as number_type_key,
        number_type,
        effective_from,
        effective_until
    from {{ ref('stg_catalogue__number_types') }}

),

latest as (

    select
        org,
        coalesce(nullif(number_digits, ''), phone_number) as number_key,
        arg_max(number_type_key, (received_rank, line_number)) as number_type_key,
        arg_max(active_from, (received_rank, line_number)) as active_from,
        max_by(coalesce(active_to, 'infinity'::date), (received_rank, line_number)) as active_to
    from phone_numbers
    group by org, coalesce(nullif(number_digits, ''), phone_number)

),

owned as (

    select
        scope.org,
        scope.invoice_month,
        'telco.number_recurring.' || number_types.number_type as charge_code,
        count(*) as numbers
    from scope
    inner join latest
        on
            scope.org = latest.org
            and latest.active_from <= latest.active_to
            and scope.period_end >= latest.active_from
            and scope.period_start <= latest.active_to
    inner join number_types
        on
            latest.number_type_key = number_types.number_type_key
            and scope.period_start >= number_types.effective_from
            and scope.period_start < number_types.effective_until
    group by scope.org, scope.invoice_month, number_types.number_type

),

billed as (

    select
        lines.org,
        lines.invoice_month,
        lines.charge_code,
        sum(lines.quantity) as quantity
    from lines
    inner join scope
        on
            lines.org = scope.org
            and lines.service_start = scope.period_start
            and lines.invoice_month = scope.invoice_month
    where lines.charge_code like 'telco.number_recurring.%'
    group by lines.org, lines.invoice_month, lines.charge_code

),

compared as (

    -- by type: one may be billed in the ramp and the other not (CON-15)
    select
        owned.numbers,
        billed.quantity,
        coalesce(owned.org, billed.org) as org,
        coalesce(owned.invoice_month, billed.invoice_month) as invoice_month
    from owned
    full join billed
        on
            owned.org = billed.org
            and owned.invoice_month = billed.invoice_month
            and owned.charge_code = billed.charge_code

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        sum(compared.numbers) filter (
            where
            scope.phase = 'term'
            or scope.ramp_policy = 'actual_usage'
            or compared.quantity is not null
        ) as expected,
        sum(compared.quantity) as actual
    from scope
    inner join compared
        on
            scope.org = compared.org
            and scope.invoice_month = compared.invoice_month
    where scope.numbers_billing = 'arrears'
    group by scope.org, scope.invoice_month

)

{{ figures_agree(
    'telco.numbers_are_billed_while_owned',
    'numbers owned at any moment of the period, and the recurring lines of it'
) }}
