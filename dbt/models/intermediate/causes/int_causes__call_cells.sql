-- Grain: one row per organization, period of a vendor's invoice, charge code, stretch of time, UTC
-- day, local day, landed file and whether the row is a replaced one (VOX-10).
-- Supports REC-4: what the calls come to under every pricing, in pieces from which every reading
-- of which calls count can be put together exactly.
-- Guarantees: whole numbers only (fine units, see call_readings.sql); nothing is rounded but where
-- a pricing rounds a call. One pass over the calls, and none where no vendor line of calls varies.
-- Forbids: BYOC, and calls of another currency than the contract's.
with

segments as (

    select * from {{ ref('int_causes__segments') }}

),

scope as (

    select * from {{ ref('int_periods__scope') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

rated_calls as (

    select * from {{ ref('int_telco__rated_calls') }}

),

landed_calls as (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

superseded_calls as (

    select * from {{ ref('int_telco__superseded_calls') }}

),

periods as (

    select
        scope.org,
        scope.period_start,
        scope.time_zone,
        scope.minor_units,
        scope.increment_seconds::bigint as increment_seconds,
        scope.voice_from,
        scope.voice_to,
        {{ rule_constant('short_call_seconds', 'scope.period_start') }}::bigint
            as short_call_seconds,
        {{ micro() }} - {{ to_micro('coalesce(versions.telco_commit_discount, 0)') }}
            as kept_micro,
        min(segments.from_at) as first_at,
        max(segments.to_at) as last_at
    from scope
    inner join segments
        on
            scope.org = segments.org
            and scope.period_start = segments.period_start
    inner join versions
        on
            scope.org = versions.org
            and scope.contract_version = versions.version
    group by all

),

-- the calls are looked for by organization and time: without a variance there is nothing to join
-- with, and no call is read
reach as (

    select
        org,
        min(first_at) as first_at,
        max(last_at) as last_at
    from periods
    group by org

),

counted as (

    select rated_calls.*
    from rated_calls
    inner join reach
        on
            rated_calls.org = reach.org
            and rated_calls.start_at >= reach.first_at
            and rated_calls.start_at < reach.last_at

),

superseded as (

    select superseded_calls.*
    from superseded_calls
    inner join reach
        on
            superseded_calls.org = reach.org
            and superseded_calls.start_at >= reach.first_at
            and superseded_calls.start_at < reach.last_at

),

-- a replaced row keeps its own figures; what it is, its winner says
replaced as (

    select
        winners.* replace (
            landed_calls.file_id as file_id,
            landed_calls.line_number as line_number,
            coalesce(landed_calls.duration_seconds, winners.duration_seconds) as duration_seconds,
            case
                when winners.own_adjusted_minutes is not null
                    then coalesce(landed_calls.cdr_adjusted_minutes, winners.own_adjusted_minutes)
            end as own_adjusted_minutes,
            case
                when winners.own_adjusted_minutes is not null
                    then coalesce(landed_calls.cdr_cost, winners.billed_cost)
                else winners.billed_cost
            end as billed_cost
        ),
        true as is_replaced
    from superseded
    inner join landed_calls
        on
            superseded.org = landed_calls.org
            and superseded.start_at = landed_calls.start_at
            and superseded.file_id = landed_calls.file_id
            and superseded.line_number = landed_calls.line_number
    inner join counted as winners
        on
            superseded.org = winners.org
            and superseded.start_at = winners.start_at
            and superseded.winner_file_id = winners.file_id
            and superseded.winner_line_number = winners.line_number

),

calls as (

    select
        counted.*,
        false as is_replaced
    from counted
    union all
    select * from replaced

),

placed as (

    select
        periods.org,
        periods.period_start,
        periods.time_zone,
        periods.minor_units,
        periods.increment_seconds,
        periods.short_call_seconds,
        periods.kept_micro,
        'telco.' || calls.service || '.' || calls.market as charge_code,
        calls.service in ('outbound', 'extended_outbound') as is_outbound,
        calls.start_at,
        calls.file_id,
        calls.is_replaced,
        calls.duration_seconds,
        calls.adjusted_seconds,
        calls.own_adjusted_minutes,
        calls.rate_per_minute,
        calls.billed_cost,
        coalesce(calls.cdr_cost, calls.billed_cost) as record_cost,
        coalesce(calls.rated_cost, calls.billed_cost) as sheet_cost,
        {{ to_micro('calls.rate_per_minute') }} as rate_micro,
        {{ adjusted_seconds('calls.duration_seconds', 'periods.increment_seconds', "'up'") }}
            as seconds_up,
        {{ adjusted_seconds('calls.duration_seconds', 'periods.increment_seconds', "'nearest'") }}
            as seconds_nearest
    from calls
    inner join periods
        on
            calls.org = periods.org
            and calls.start_at >= periods.first_at
            and calls.start_at < periods.last_at
    where
        calls.is_in_contract_currency
        and calls.service <> 'byoc'

),

priced as (

    select
        *,
        {{ to_micro('billed_cost') }} as as_billed_micro,
        {{ to_micro(call_cost('seconds_up', 'rate_micro')) }} as up_micro,
        {{ to_micro(call_cost('seconds_nearest', 'rate_micro')) }} as nearest_micro
    from placed

),

measured as (

    select
        *,
        coalesce(
            {{ to_micro('own_adjusted_minutes') }} * {{ seconds_per_minute() }},
            adjusted_seconds * {{ micro() }}
        ) as minutes_as_billed,
        seconds_up * {{ micro() }} as minutes_up,
        seconds_nearest * {{ micro() }} as minutes_nearest,
        as_billed_micro * {{ seconds_per_minute() }} as money_as_billed,
        coalesce(up_micro, as_billed_micro) * {{ seconds_per_minute() }} as money_up,
        coalesce(nearest_micro, as_billed_micro) * {{ seconds_per_minute() }} as money_nearest,
        coalesce(adjusted_seconds * rate_micro, money_as_billed) as money_unrounded,
        coalesce(seconds_up * rate_micro, money_as_billed) as money_up_unrounded,
        coalesce(seconds_nearest * rate_micro, money_as_billed) as money_nearest_unrounded,
        {{ to_micro(round_money('billed_cost', 'minor_units')) }} * {{ seconds_per_minute() }}
            as money_in_cents,
        coalesce(
            {{ to_micro(round_money('up_micro::decimal(24, 0) * 0.000001', 'minor_units')) }}
            * {{ seconds_per_minute() }},
            money_in_cents
        ) as money_up_in_cents,
        coalesce(
            {{ to_micro(round_money('nearest_micro::decimal(24, 0) * 0.000001', 'minor_units')) }}
            * {{ seconds_per_minute() }},
            money_in_cents
        ) as money_nearest_in_cents,
        {{ to_micro('sheet_cost') }} * {{ seconds_per_minute() }} as money_from_sheet,
        {{ to_micro('record_cost') }} * {{ seconds_per_minute() }} as money_from_record,
        (money_as_billed * (kept_micro + kept_micro) + {{ micro() }})
        // ({{ micro() }} + {{ micro() }}) as money_discounted,
        adjusted_seconds as seconds_as_billed
    from priced

)

select
    measured.org,
    measured.period_start,
    measured.charge_code,
    segments.from_at as segment_from_at,
    measured.start_at::date as utc_day,
    timezone(measured.time_zone, timezone('UTC', measured.start_at))::date as local_day,
    measured.file_id,
    measured.is_replaced,
    {% for name in ['as_billed', 'up', 'nearest'] %}
        sum(measured.minutes_{{ name }})::hugeint as minutes_{{ name }},
    {% endfor %}
    {% for name in [
        'as_billed', 'up', 'nearest', 'unrounded', 'in_cents', 'up_unrounded', 'up_in_cents',
        'nearest_unrounded', 'nearest_in_cents', 'from_sheet', 'from_record', 'discounted',
    ] %}
        coalesce(sum(measured.money_{{ name }}), 0)::hugeint as money_{{ name }},
    {% endfor %}
    {% for name in ['as_billed', 'up', 'nearest'] %}
        count(*) filter (where measured.is_outbound and measured.seconds_{{ name }} > 0)
            as completed_{{ name }},
        count(*) filter (
            where measured.is_outbound
            and measured.seconds_{{ name }} = measured.short_call_seconds
            and coalesce(measured.rate_per_minute, measured.billed_cost) <> 0
        ) as short_{{ name }},
    {% endfor %}
    count(*) as calls
from measured
inner join segments
    on
        measured.org = segments.org
        and measured.period_start = segments.period_start
        and measured.start_at >= segments.from_at
        and measured.start_at < segments.to_at
group by
    measured.org,
    measured.period_start,
    measured.charge_code,
    segments.from_at,
    measured.start_at::date,
    timezone(measured.time_zone, timezone('UTC', measured.start_at))::date,
    measured.file_id,
    measured.is_replaced
