{#-
    Concurrency, swept once for whatever is watched (the CX pool, the holders of an app). A subject
    is an organization, a period and who is watched; its number and the microseconds since the
    period's start make one sortable integer, so one running sum over all subjects gives every level:
    each subject's changes add up to 0, no partition is needed, and changes at one instant need no
    order because nothing lasts between them.
-#}

{#- The instant that a sweep key stands for. -#}
{% macro sweep_key_at(at_key, subject_number, starts_at) -%}
({{ starts_at }} + to_microseconds({{ at_key }} - ({{ subject_number }} << 42)))
{%- endmacro %}

{#- A period lasts at most 31 days and an hour, less than two to the power of 42 microseconds. -#}
{% macro sweep_key(subject_number, at, starts_at) -%}
({{ subject_number }} << 42) + (epoch_us({{ at }}) - epoch_us({{ starts_at }}))
{%- endmacro %}

{#-
    A user's own overlaps taken out: what each session adds to the ones before it. The pieces are
    disjoint and cover exactly what the sessions cover (columns from_at, to_at; `keys` say whose,
    `carried` come along from the session of the piece).
-#}
{% macro without_overlaps(sessions, keys, carried=[]) -%}
select
    {%- for key in keys + carried %}
    {{ key }},
    {%- endfor %}
    case when covered_until > from_at then covered_until else from_at end as from_at,
    to_at
from (
    select
        {%- for key in keys + carried %}
        {{ key }},
        {%- endfor %}
        from_at,
        to_at,
        max(to_at) over (
            partition by {{ keys | join(', ') }}
            order by from_at
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from {{ sessions }}
)
where covered_until is null or to_at > covered_until
{%- endmacro %}

{#-
    The stretches of unchanged concurrency of `subjects`, cut at local midnights, idle ones included.
    `days` are the subjects' local days, numbered in the order of their keys: a day's beginning and a
    user's coming and going are summed together, the day above bit 32, the users below.
-#}
{% macro concurrency_levels(subjects, days, watched_sessions) -%}
changes as (

    select
        {{ sweep_key('subjects.subject_number', 'sessions.from_at', 'subjects.starts_at') }} as at_key,
        1::bigint as change
    from {{ watched_sessions }} as sessions
    inner join {{ subjects }} as subjects
        on sessions.subject_number = subjects.subject_number
    union all
    select
        {{ sweep_key('subjects.subject_number', 'sessions.to_at', 'subjects.starts_at') }} as at_key,
        -1::bigint as change
    from {{ watched_sessions }} as sessions
    inner join {{ subjects }} as subjects
        on sessions.subject_number = subjects.subject_number
    union all
    select
        {{ sweep_key('subjects.subject_number', 'days.day_starts_at', 'subjects.starts_at') }} as at_key,
        1::bigint << 32 as change
    from {{ days }} as days
    inner join {{ subjects }} as subjects
        on days.subject_number = subjects.subject_number

),

stretches as (

    select
        at_key,
        lead(at_key) over (order by at_key) as until_key,
        sum(change) over (
            order by at_key
            rows between unbounded preceding and current row
        )::bigint as state
    from changes

),

levels as (

    select
        at_key,
        until_key - at_key as duration_microseconds,
        at_key >> 42 as subject_number,
        state >> 32 as days_begun,
        state & ((1::bigint << 32) - 1) as users
    from stretches
    where until_key > at_key

)
{%- endmacro %}
