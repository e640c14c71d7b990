-- Grain: one row per comparison of calls, reading of which calls count, and pricing.
-- Supports REC-4: what the vendor's row would show under both, exactly; pairs of readings of which
-- calls count are added up in int_causes__call_readings.
with

subsets as (

    select * from {{ ref('int_causes__call_subsets') }}

),

call_keys as (

    select * from {{ ref('int_causes__call_keys') }}

),

changes as (

    select
        subsets.org,
        subsets.period_start,
        call_keys.charge_key,
        subsets.cause,
        subsets.reading,
        subsets.position,
        subsets.words,
        {% for name in call_sums(call_pricings()) %}
            sum(subsets.{{ name }})::hugeint as {{ name }},
        {% endfor %}
        subsets.is_whole
    from subsets
    inner join call_keys
        on
            subsets.org = call_keys.org
            and subsets.period_start = call_keys.period_start
            and subsets.charge_code = call_keys.charge_code
    group by
        subsets.org,
        subsets.period_start,
        call_keys.charge_key,
        subsets.cause,
        subsets.reading,
        subsets.position,
        subsets.words,
        subsets.is_whole

),

billed as (

    select
        call_keys.org,
        call_keys.period_start,
        {% for name in call_sums(call_pricings()) %}
            coalesce(max(changes.{{ name }}), 0)::hugeint as {{ name }},
        {% endfor %}
        call_keys.charge_key
    from call_keys
    left join changes
        on
            call_keys.org = changes.org
            and call_keys.period_start = changes.period_start
            and call_keys.charge_key = changes.charge_key
            and changes.reading = 'none'
    group by
        call_keys.org,
        call_keys.period_start,
        call_keys.charge_key

),

read_otherwise as (

    {% for pricing in call_pricings() %}
        select
            billed.org,
            billed.period_start,
            billed.charge_key,
            changes.cause,
            changes.reading,
            changes.position,
            changes.words,
            changes.is_whole,
            '{{ pricing.name }}' as pricing,
            abs(changes.calls) as calls,
            billed.minutes_{{ pricing.minutes }} + changes.minutes_{{ pricing.minutes }} as minutes,
            billed.money_{{ pricing.name }} + changes.money_{{ pricing.name }} as money,
            billed.minutes_as_billed as billed_minutes,
            billed.money_as_billed as billed_money
        from changes
        inner join billed
            on
                changes.org = billed.org
                and changes.period_start = billed.period_start
                and changes.charge_key = billed.charge_key
        where changes.reading <> 'none'
        union all
        select
            org,
            period_start,
            charge_key,
            null as cause,
            'none' as reading,
            0 as position,
            null as words,
            true as is_whole,
            '{{ pricing.name }}' as pricing,
            calls,
            minutes_{{ pricing.minutes }} as minutes,
            money_{{ pricing.name }} as money,
            minutes_as_billed as billed_minutes,
            money_as_billed as billed_money
        from billed
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    org,
    period_start,
    charge_key,
    cause,
    reading,
    position,
    words,
    is_whole,
    pricing,
    calls,
    minutes,
    money,
    {{ from_fine('minutes') }} as quantity,
    {{ from_fine('money') }} as exact_amount,
    minutes <> billed_minutes or money <> billed_money as is_changed
from read_otherwise
