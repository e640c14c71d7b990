-- Grain: one row per call of int_telco__calls.
-- Rule: VOX-6, the number to rate, its digits, the country of its longest calling-code prefix, and
-- the market against the organization's own country. (The line it makes is int_telco__charges'.)
-- Guarantees: one row in, one row out; a number without a country is `unknown`, never left out.
{{ config(materialized='view') }}
with

calls as (

    select * from {{ ref('int_telco__calls') }}

),

country_prefixes as (

    select * from {{ ref('int_telco__country_prefixes') }}

),

chosen as (

    select
        calls.*,
        coalesce(
            case when calls.service = 'toll_free' then calls.origin else calls.destination end, ''
        ) as number_to_rate
    from calls

),

-- plus and digits alone, nearly all numbers there are, skip the expensive expressions
shaped as (

    select
        chosen.*,
        regexp_full_match(chosen.number_to_rate, '[+]?[0-9]+') as is_plain,
        case
            when not is_plain
                then regexp_replace(chosen.number_to_rate, '(sips?|tel):', '', 'i')
        end as without_scheme
    from chosen

),

bare as (

    select
        shaped.*,
        case
            when shaped.is_plain then shaped.number_to_rate
            else trim(split_part(shaped.without_scheme, '@', 1))
        end as bare_number
    from shaped

),

stripped as (

    select
        bare.*,
        case
            when bare.is_plain then replace(bare.bare_number, '+', '')
            else regexp_replace(bare.bare_number, '[^0-9]', '', 'g')
        end as written_digits
    from bare

),

completed as (

    select
        stripped.*,
        case
            when
                length(stripped.written_digits) = {{ north_american_length() }}
                and {{ is_north_american('stripped.own_country') }}
                and not starts_with(stripped.bare_number, '+')
                then '1' || stripped.written_digits
            else stripped.written_digits
        end as digits
    from stripped

),

numbers as (

    select
        completed.*,
        {{ number_head('completed.digits') }} as head,
        least(length(completed.digits), {{ longest_number_length() }}) as head_length
    from completed

),

located as (

    select
        numbers.*,
        case
            when
                {{ of_longest_prefix('country_prefixes', 'is_toll_free') }}
                and {{ is_north_american('numbers.own_country') }}
                then numbers.own_country
            else {{ of_longest_prefix('country_prefixes', 'country') }}
        end as country
    from numbers
    {{ prefix_joins('numbers', 'country_prefixes', ['catalogue_from']) | indent(4) }}

)

select
    org,
    period_start,
    invoice_month,
    is_due,
    file_id,
    line_number,
    sip_call_id,
    direction,
    origin,
    destination,
    call_type,
    usage_group,
    service,
    kind_id,
    start_at,
    duration_seconds,
    cdr_adjusted_seconds,
    cdr_adjusted_minutes,
    cdr_rate_per_minute,
    cdr_cost,
    currency,
    cdr_rate_sheet,
    contract_currency,
    catalogue_from,
    voice_rating,
    rate_sheet_key,
    rounding,
    increment_seconds,
    short_call_seconds,
    number_to_rate,
    head,
    head_length,
    country,
    case
        when country = own_country then 'domestic'
        when country <> own_country then 'international'
        else 'unknown'
    end as market
from located
