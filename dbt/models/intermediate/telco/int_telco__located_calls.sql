-- Grain: one row per call of int_telco__calls.
-- Rule: VOX-6, the number to rate, its digits, the country of its longest calling-code prefix, and
-- the market against the organization's own country. (The line it makes is int_telco__charges'.)
-- Guarantees: one row in, one row out; a number without a country is `unknown`, never left out.
{{ config(materialized='view') }}
with

calls as (

    select * from {{ ref('int_telco__calls') }}

),

country_starts as (

    select * from {{ ref('int_telco__country_starts') }}

),

chosen as (

    select
        calls.*,
        coalesce(
            case when calls.service = 'toll_free' then calls.origin else calls.destination end, ''
        ) as number_to_rate
    from calls

),

-- a plus and digits alone, nearly all numbers there are, are an integer as they stand
shaped as (

    select
        chosen.*,
        regexp_full_match(
            chosen.number_to_rate, '[+]?[0-9]{1,{{ longest_number_length() }}}'
        ) as is_plain,
        case
            when not is_plain
                then regexp_replace(chosen.number_to_rate, '(sips?|tel):', '', 'i')
        end as without_scheme,
        coalesce(trim(split_part(without_scheme, '@', 1)), chosen.number_to_rate) as bare_number,
        case when not is_plain then regexp_replace(bare_number, '[^0-9]', '', 'g') end as digits
    from chosen

),

written as (

    select
        shaped.*,
        starts_with(shaped.bare_number, '+') as is_international,
        coalesce(
            case when shaped.is_plain then shaped.number_to_rate::bigint end,
            nullif(left(shaped.digits, {{ longest_number_length() }}), '')::bigint,
            0
        ) as written_value,
        case
            when shaped.is_plain then length(shaped.number_to_rate) - is_international::bigint
            else length(shaped.digits)
        end as written_length
    from shaped

),

completed as (

    select
        written.*,
        written.written_length = {{ north_american_length() }}
        and {{ is_north_american('written.own_country') }}
        and not written.is_international as lacks_country_code,
        case
            when lacks_country_code
                then written.written_value + {{ 10 ** (north_american_length() | int) }}
            else written.written_value
        end as value,
        case
            when lacks_country_code then written.written_length + 1
            else least(written.written_length, {{ longest_number_length() }})
        end as head_length
    from written

),

numbers as (

    select
        completed.*,
        {{ number_head('completed.value', 'completed.head_length') }} as head
    from completed

),

located as (

    select
        numbers.*,
        case
            when
                {{ of_longest_prefix('country_starts', country_lookup_lengths(), 'is_toll_free') }}
                and {{ is_north_american('numbers.own_country') }}
                then numbers.own_country
            else {{ of_longest_prefix('country_starts', country_lookup_lengths(), 'country') }}
        end as country
    from numbers
    {{ prefix_joins(
        'numbers', 'country_starts', country_lookup_lengths(), ['catalogue_from']
    ) | indent(4) }}

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
