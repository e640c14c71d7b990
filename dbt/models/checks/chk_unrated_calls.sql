-- Grain: one row per organization and period of the scope that fails.
-- Holds the invoice (VOX-4): the cost of a call would come from the rate sheet and no row fits.
-- A partner or trial organization without a rate sheet is not held: its amount is null (CON-11).
with

totals as (

    select * from {{ ref('int_telco__call_totals') }}
    where
        is_in_contract_currency
        and unrated_calls > 0

),

scope as (

    select * from {{ ref('int_periods__scope') }}

)

select
    totals.org,
    totals.period_start,
    sum(totals.unrated_calls)::varchar
    || ' call(s) without a Total Cost to bill find no rate for their number ('
    || string_agg(
        totals.service
        || ' to rate on ' || coalesce(nullif(totals.unrated_number, ''), 'an empty number')
        || ': ' || totals.unrated_calls::varchar,
        ', '
        order by totals.unrated_calls desc, totals.service asc, totals.unrated_number asc
    )
    || '); '
    || coalesce(
        'add rows to sheet ' || scope.rate_sheet || ' in reference/voice_rates.csv',
        'name a voice.rate_sheet in the contract'
    )
    || ', or land the calls with their costs.' as detail
from totals
inner join scope
    on
        totals.org = scope.org
        and totals.period_start = scope.period_start
where
    scope.rate_sheet is not null
    or not (scope.channel = 'partner' or scope.is_trial)
group by
    totals.org,
    totals.period_start,
    scope.rate_sheet
