-- Grain: one row per organization, period of the scope, user, service, market, country, currency.
-- The sums of int_telco__daily_totals over the days of a period of the scope; nothing here is
-- rounded (minutes stay apart as stated minutes and computed seconds).
with

daily_totals as (

    select daily_totals.*
    from {{ ref('int_telco__daily_totals') }} as daily_totals
    inner join {{ ref('int_periods__scope') }} as scope
        on
            daily_totals.org = scope.org
            and daily_totals.period_start = scope.period_start

)

select
    org,
    period_start,
    user_key,
    service,
    market,
    country,
    currency,
    is_in_contract_currency,
    sum(calls)::bigint as calls,
    sum(stated_minutes)::decimal(38, 6) as stated_minutes,
    sum(computed_seconds)::hugeint as computed_seconds,
    sum(cdr_cost) as cdr_cost,
    sum(rated_cost) as rated_cost,
    sum(billed_cost) as billed_cost,
    sum(unrated_calls)::bigint as unrated_calls,
    sum(completed_outbound_calls)::bigint as completed_outbound_calls,
    sum(short_calls)::bigint as short_calls,
    sum(calls_adjusted_otherwise)::bigint as calls_adjusted_otherwise,
    sum(calls_priced_otherwise)::bigint as calls_priced_otherwise,
    sum(calls_on_other_sheet)::bigint as calls_on_other_sheet,
    min(unrated_number) as unrated_number,
    min(unknown_number) as unknown_number,
    min(first_otherwise_at) as first_otherwise_at,
    min(other_rate_sheet) as other_rate_sheet
from daily_totals
group by
    org,
    period_start,
    user_key,
    service,
    market,
    country,
    currency,
    is_in_contract_currency
