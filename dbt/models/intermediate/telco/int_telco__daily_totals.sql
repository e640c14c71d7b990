-- Grain: one row per organization, period, UTC day of the start, user, service, market, country and
-- currency; of the scope's periods and of those that were billed before.
-- The one pass of a run over its calls: every telco charge and check is a sum of these rows, and
-- nothing here is rounded (minutes stay apart as stated minutes and computed seconds). A day that
-- no new file touches is kept from the run that rated it: a late day costs a day.
-- Guarantees: a user is known only if org_users names the party of the call (the origin, of an
-- inbound call the destination, without `sip:`) exactly; an organization without it has no users.
{{ config(
    materialized='incremental',
    pre_hook=["{{ forget_due_days('int_telco__due_spans') }}", "{{ joins_as_written() }}"],
    post_hook="{{ planned_as_usual() }}",
    meta={'is_rebuilt_by_version': true},
) }}
with

calls as (

    select
        *,
        case when service in ('inbound', 'toll_free') then destination else origin end as party
    from {{ ref('int_telco__rated_calls') }}
    where is_due

),

org_users as (

    select * from {{ ref('int_licences__org_users') }}

),

-- plus and digits alone, nearly all numbers there are, skip the expensive expression
parties as (

    select
        *,
        case
            when contains(party, ':') or contains(party, '@')
                then regexp_extract(lower(trim(party)), '^(?:(?:sips?|tel):)?([^;?]*)', 1)
            else lower(party)
        end as party_key
    from calls

),

user_calls as (

    select
        parties.*,
        org_users.user_key
    from parties
    left join org_users
        on
            parties.org = org_users.org
            and parties.party_key = org_users.user_key

)

select
    org,
    period_start,
    start_at::date as call_date,
    user_key,
    service,
    market,
    country,
    currency,
    is_in_contract_currency,
    count(*) as calls,
    coalesce(sum(own_adjusted_minutes), 0)::decimal(38, 6) as stated_minutes,
    coalesce(sum(adjusted_seconds) filter (where own_adjusted_minutes is null), 0)::hugeint
        as computed_seconds,
    sum(cdr_cost) as cdr_cost,
    sum(rated_cost) as rated_cost,
    sum(billed_cost) as billed_cost,
    count(*) filter (where is_unrated) as unrated_calls,
    count(*) filter (where is_completed_outbound) as completed_outbound_calls,
    count(*) filter (where is_short_call) as short_calls,
    count(*) filter (where is_adjusted_otherwise) as calls_adjusted_otherwise,
    count(*) filter (where is_priced_otherwise) as calls_priced_otherwise,
    count(*) filter (where is_on_other_sheet) as calls_on_other_sheet,
    min(number_to_rate) filter (where is_unrated) as unrated_number,
    min(number_to_rate) filter (where market = 'unknown') as unknown_number,
    min(start_at) filter (where is_adjusted_otherwise or is_priced_otherwise)
        as first_otherwise_at,
    min(cdr_rate_sheet) filter (where is_on_other_sheet) as other_rate_sheet
from user_calls
group by
    org,
    period_start,
    start_at::date,
    user_key,
    service,
    market,
    country,
    currency,
    is_in_contract_currency
