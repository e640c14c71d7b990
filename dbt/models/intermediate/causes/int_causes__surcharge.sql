-- Grain: one row per comparison of the short-call surcharge and reading, or pair of readings, of
-- it.
-- Supports REC-4 (surcharge_threshold, surcharge_count of VOX-7): applied below the threshold or
-- not above it (with exactly the share, too), and one call taken off; also what the readings of
-- the calls make of the surcharge, whose short calls and threshold they change.
-- Guarantees: a reading of calls is only believed here if the rows of the calls agree
-- (rows_needed).
with

surcharge_rows as (

    select * from {{ ref('int_causes__rows') }}
    where kind = 'short_calls'

),

scope as (

    select * from {{ ref('int_periods__scope') }}
    where short_call_rate is not null

),

subsets as (

    select * from {{ ref('int_causes__call_subsets') }}

),

subset_pairs as (

    -- only those that two rows of calls agree on
    select
        org,
        period_start,
        first_reading,
        second_reading
    from {{ ref('int_causes__subset_pairs') }}
    group by
        org,
        period_start,
        first_reading,
        second_reading
    having count(*) >= {{ rows_that_prove() }}

),

changes as (

    select
        org,
        period_start,
        cause,
        reading,
        position,
        words,
        {% for name in call_pricings() | map(attribute='seconds') | unique %}
            sum(completed_{{ name }}) as completed_{{ name }},
            sum(short_{{ name }}) as short_{{ name }},
        {% endfor %}
        sum(calls) as calls
    from subsets
    group by
        org,
        period_start,
        cause,
        reading,
        position,
        words

),

billed as (

    select * from changes
    where reading = 'none'

),

changed as (

    select
        changes.org,
        changes.period_start,
        changes.cause,
        changes.reading,
        changes.words || ': ' || {{ counted("format('{:,}', abs(changes.calls))", 'call') }}
            as detail,
        {% for name in call_pricings() | map(attribute='seconds') | unique %}
            changes.completed_{{ name }} as more_completed_{{ name }},
            changes.short_{{ name }} as more_short_{{ name }},
            billed.completed_{{ name }} + changes.completed_{{ name }} as completed_{{ name }},
            billed.short_{{ name }} + changes.short_{{ name }} as short_{{ name }},
        {% endfor %}
        changes.position
    from changes
    inner join billed
        on
            changes.org = billed.org
            and changes.period_start = billed.period_start
    where changes.reading <> 'none'

),

-- the counts under each reading of the calls, under each rounding of their durations, and both;
-- what only prices calls otherwise moves no count
counted as (

    select
        org,
        period_start,
        null::varchar as cause,
        'none' as reading,
        null::varchar as detail,
        null::varchar as also_cause,
        null::varchar as also_reading,
        null::varchar as also_detail,
        completed_as_billed as first_completed,
        short_as_billed as first_short,
        completed_as_billed as completed,
        short_as_billed as short,
        0 as position
    from billed
    union all
    select
        org,
        period_start,
        cause,
        reading,
        detail,
        null as also_cause,
        null as also_reading,
        null as also_detail,
        completed_as_billed as first_completed,
        short_as_billed as first_short,
        completed_as_billed as completed,
        short_as_billed as short,
        position
    from changed
    {% for pricing in call_pricings() if pricing.seconds != 'as_billed' and not pricing.after %}
        union all
        select
            org,
            period_start,
            '{{ pricing.cause }}' as cause,
            'priced:{{ pricing.name }}' as reading,
            '{{ pricing.words }}' as detail,
            null as also_cause,
            null as also_reading,
            null as also_detail,
            completed_{{ pricing.seconds }} as first_completed,
            short_{{ pricing.seconds }} as first_short,
            completed_{{ pricing.seconds }} as completed,
            short_{{ pricing.seconds }} as short,
            {{ loop.index }} as position
        from billed
        union all
        select
            org,
            period_start,
            cause,
            reading,
            detail,
            '{{ pricing.cause }}' as also_cause,
            'priced:{{ pricing.name }}' as also_reading,
            '{{ pricing.words }}' as also_detail,
            completed_as_billed as first_completed,
            short_as_billed as first_short,
            completed_{{ pricing.seconds }} as completed,
            short_{{ pricing.seconds }} as short,
            position
        from changed
    {% endfor %}
    union all
    select
        first_one.org,
        first_one.period_start,
        first_one.cause,
        first_one.reading,
        first_one.detail,
        second_one.cause as also_cause,
        second_one.reading as also_reading,
        second_one.detail as also_detail,
        first_one.completed_as_billed as first_completed,
        first_one.short_as_billed as first_short,
        first_one.completed_as_billed + second_one.more_completed_as_billed as completed,
        first_one.short_as_billed + second_one.more_short_as_billed as short,
        first_one.position
    from subset_pairs
    inner join changed as first_one
        on
            subset_pairs.org = first_one.org
            and subset_pairs.period_start = first_one.period_start
            and subset_pairs.first_reading = first_one.reading
    inner join changed as second_one
        on
            subset_pairs.org = second_one.org
            and subset_pairs.period_start = second_one.period_start
            and subset_pairs.second_reading = second_one.reading

),

judged as (

    select
        counted.*,
        surcharge_rows.invoice_month,
        surcharge_rows.service_start,
        surcharge_rows.charge_key,
        surcharge_rows.minor_units,
        surcharge_rows.expected_quantity,
        scope.short_call_rate as rate,
        counted.completed >= scope.short_call_min_calls
        and counted.short >= counted.completed * scope.short_call_min_share as is_charged,
        counted.first_completed >= scope.short_call_min_calls
        and counted.first_short >= counted.first_completed * scope.short_call_min_share
            as is_first_charged
    from counted
    inner join billed
        on
            counted.org = billed.org
            and counted.period_start = billed.period_start
    inner join scope
        on
            counted.org = scope.org
            and counted.period_start = scope.period_start
    inner join surcharge_rows
        on
            counted.org = surcharge_rows.org
            and counted.period_start = surcharge_rows.period_start
            and counted.period_start = surcharge_rows.service_start
    where
        counted.reading = 'none'
        or counted.completed <> billed.completed_as_billed
        or counted.short <> billed.short_as_billed

),

readings as (

    select
        *,
        null::varchar as rule_cause,
        null::varchar as rule_reading,
        null::varchar as rule_detail,
        case when is_charged then short else 0 end as short_calls
    from judged
    union all
    select
        *,
        'surcharge_threshold' as rule_cause,
        'surcharge:threshold' as rule_reading,
        case
            when is_charged then 'not applied, though '
            else 'applied, though only '
        end || format('{:,}', short) || ' of ' || format('{:,}', completed)
        || ' completed outbound calls are short' as rule_detail,
        case when is_charged then 0 else short end as short_calls
    from judged
    where also_cause is null
    union all
    select
        *,
        'surcharge_count' as rule_cause,
        'surcharge:count' as rule_reading,
        'one short call less than the ' || format('{:,}', short) || ' counted' as rule_detail,
        greatest(short - 1, 0) as short_calls
    from judged
    where
        is_charged
        and also_cause is null

),

-- below the threshold, and one call taken off as well
threshold_and_count as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        rule_cause as first_cause,
        rule_reading as first_reading,
        rule_detail as first_detail,
        'surcharge_count' as second_cause,
        'surcharge:count' as second_reading,
        'one short call less than the ' || format('{:,}', short) || ' counted' as second_detail,
        {{ line_amount('short::decimal(18, 6)', 'rate', 'minor_units') }} as first_amount,
        short - 1 as short_calls,
        rate,
        minor_units,
        expected_quantity,
        position,
        0 as rows_needed
    from readings
    where
        reading = 'none'
        and rule_cause = 'surcharge_threshold'
        and not is_charged
        and short > 1

),

named as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        charge_key,
        case when reading = 'none' then rule_cause else cause end as first_cause,
        case when reading = 'none' then rule_reading else reading end as first_reading,
        case when reading = 'none' then rule_detail else detail end as first_detail,
        case when reading <> 'none' then coalesce(rule_cause, also_cause) end as second_cause,
        case when reading <> 'none' then coalesce(rule_reading, also_reading) end
            as second_reading,
        case when reading <> 'none' then coalesce(rule_detail, also_detail) end as second_detail,
        case
            when reading <> 'none' and coalesce(rule_cause, also_cause) is not null
                then {{ line_amount(
                    '(case when is_first_charged then first_short else 0 end)::decimal(18, 6)',
                    'rate',
                    'minor_units',
                ) | indent(16) }}
        end as first_amount,
        short_calls,
        rate,
        minor_units,
        expected_quantity,
        position,
        case when reading <> 'none' then {{ rows_that_prove() }} else 0 end as rows_needed
    from readings
    where
        reading <> 'none'
        or rule_cause is not null
    union all
    select * from threshold_and_count

)

select
    org,
    invoice_month,
    period_start,
    service_start,
    charge_key,
    first_cause,
    first_reading,
    first_detail,
    second_cause,
    second_reading,
    second_detail,
    first_amount::decimal(18, 6) as first_amount,
    short_calls::decimal(18, 6) as quantity,
    {{ line_amount(
        'short_calls::decimal(18, 6)',
        'rate',
        'minor_units',
    ) }}::decimal(18, 6) as amount,
    rate,
    position,
    rows_needed
from named
where short_calls <> expected_quantity
