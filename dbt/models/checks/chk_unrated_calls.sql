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
    'No rate is found for the number of '
    || {{ counted('sum(totals.unrated_calls)', 'call') }}
    || ' without a cost to bill: '
    || {{ listed_names(
        "totals.service || ' ' || coalesce(nullif(totals.unrated_number, ''), 'an empty number')"
        ~ " || ' (' || totals.unrated_calls::varchar || ')'"
    ) }}
    || '. '
    || coalesce(
        'Add rows to sheet ' || scope.rate_sheet || ' in reference/voice_rates.csv',
        'Name a voice.rate_sheet in the contract'
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
