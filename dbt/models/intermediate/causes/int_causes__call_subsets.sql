-- Grain: one row per organization, period, reading of which calls count, and charge code that it
-- changes; the reading `none` is what we bill.
-- Supports REC-4: missing_calls (of a day, a file), duplicate_calls (a day or a file twice,
-- replaced rows of VOX-10 once more), period_cutoff (the calls of another window).
-- Guarantees: each row is the change against what we bill, in fine units, under every pricing, so
-- that readings add up.
with

cells as (

    select * from {{ ref('int_causes__call_cells') }}

),

windows as (

    select * from {{ ref('int_causes__windows') }}
    where usage_kind = 'calls'

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

own_windows as (

    select * from windows
    where reading = 'own'

),

counted as (

    select
        cells.*,
        cells.segment_from_at >= own_windows.from_at
        and cells.segment_from_at < own_windows.to_at as is_own
    from cells
    inner join own_windows
        on
            cells.org = own_windows.org
            and cells.period_start = own_windows.period_start

),

own_cells as (

    select
        counted.*,
        regexp_extract(files.path, '[^/]+$') as file_name
    from counted
    inner join files
        on counted.file_id = files.file_id
    where counted.is_own

),

{% set pieces = [
    ('day', 'local_day', 'not is_replaced', "strftime(local_day, '%-d %B %Y')", 1),
    ('utc_day', 'utc_day', 'not is_replaced',
     "strftime(utc_day, '%-d %B %Y') || ' (UTC)'", 2),
    ('file', 'file_id', 'not is_replaced', "'file ' || file_name", 3),
    ('again', "'all'", 'is_replaced', "'all'", 4),
    ('again_of_file', 'file_id', 'is_replaced', "'file ' || file_name", 5),
    ('again_of_day', 'utc_day', 'is_replaced', "strftime(utc_day, '%-d %B %Y')", 6),
] %}
pieces as (

    {% for kind, value, condition, words, position in pieces %}
        select
            org,
            period_start,
            '{{ kind }}' as piece_kind,
            {{ value }}::varchar as piece,
            {{ words }} as words,
            {{ position }} as position,
            {% for name in call_sums(call_pricings()) %}
                sum({{ name }})::hugeint as {{ name }},
            {% endfor %}
            charge_code
        from own_cells
        where {{ condition }}
        group by all
        {{ "union all" if not loop.last }}
    {% endfor %}

),

billed as (

    select
        org,
        period_start,
        {% for name in call_sums(call_pricings()) %}
            sum({{ name }})::hugeint as {{ name }},
        {% endfor %}
        charge_code
    from own_cells
    where not is_replaced
    group by
        org,
        period_start,
        charge_code

),

left_out as (

    select
        org,
        period_start,
        'missing_calls' as cause,
        'missing:' || piece_kind || ':' || piece as reading,
        position,
        'not billed: calls of ' || words as words,
        false as is_whole,
        {% for name in call_sums(call_pricings()) %}
            -{{ name }} as {{ name }},
        {% endfor %}
        charge_code
    from pieces
    where piece_kind in ('day', 'utc_day', 'file')

),

billed_again as (

    select
        org,
        period_start,
        'duplicate_calls' as cause,
        'again:' || piece_kind || ':' || piece as reading,
        position,
        case
            when starts_with(piece_kind, 'again')
                then 'billed again: replaced rows (VOX-10), ' || words
            else 'billed twice: calls of ' || words
        end as words,
        piece_kind = 'again' as is_whole,
        {% for name in call_sums(call_pricings()) %}
            {{ name }},
        {% endfor %}
        charge_code
    from pieces

),

counted_otherwise as (

    select
        counted.org,
        counted.period_start,
        'period_cutoff' as cause,
        'window:' || windows.reading as reading,
        windows.position,
        windows.words,
        true as is_whole,
        {% for name in call_sums(call_pricings()) %}
            sum(
                case when counted.is_own then -counted.{{ name }} else counted.{{ name }} end
            )::hugeint as {{ name }},
        {% endfor %}
        counted.charge_code
    from counted
    inner join windows
        on
            counted.org = windows.org
            and counted.period_start = windows.period_start
            and counted.is_own
            <> (
                counted.segment_from_at >= windows.from_at
                and counted.segment_from_at < windows.to_at
            )
    where not counted.is_replaced
    group by
        counted.org,
        counted.period_start,
        windows.reading,
        windows.position,
        windows.words,
        counted.charge_code

)

select
    org,
    period_start,
    null::varchar as cause,
    'none' as reading,
    0 as position,
    null::varchar as words,
    true as is_whole,
    {% for name in call_sums(call_pricings()) %}
        {{ name }},
    {% endfor %}
    charge_code
from billed
{% for part in ['left_out', 'billed_again', 'counted_otherwise'] %}
    union all
    select
        org,
        period_start,
        cause,
        reading,
        position,
        words,
        is_whole,
        {% for name in call_sums(call_pricings()) %}
            {{ name }},
        {% endfor %}
        charge_code
    from {{ part }}
{% endfor %}
