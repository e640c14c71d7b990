-- Grain: one row per landed call row that a later one replaces, with the row that counts instead.
-- Rule: VOX-10, one call is organization, SIP Call Id, start, origin and destination as written and
-- the direction in any case; the row of the file received last wins, in one file the later row.
-- Guarantees: rows that count + rows here = rows landed, each once.
-- A run looks again only where new files reach: equal calls have equal starts, so the time between
-- a new file's first and last call holds all that it can replace.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    meta={'is_rebuilt_by_version': true},
    pre_hook=["{{ forget_superseded_calls() }}", "{{ joins_as_written() }}"],
    post_hook="{{ planned_as_usual() }}",
) }}
with

-- read twice on purpose: kept once, 10 M calls would cost 2 GB
calls as not materialized (

    select * from {{ ref('stg_genesys__voice_usage') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}
    where report = 'voice_usage'

),

reach as (

    select
        org,
        min(first_at) as first_at,
        max(last_at) as last_at
    from files
    {% if is_incremental() %}
        where is_new
    {% endif %}
    group by org

),

hashed as not materialized (

    select
        calls.*,
        hash(calls.org, calls.sip_call_id, calls.start_at) as call_hash
    from calls
    inner join reach
        on
            calls.org = reach.org
            and calls.start_at >= reach.first_at
            and calls.start_at <= reach.last_at

),

-- sorted, equal hashes stand beside each other: so one pass over integers finds the few calls that
-- can have a twin; the exact key decides below
neighbours as (

    select
        call_hash,
        lag(call_hash) over (order by call_hash) as hash_before
    from hashed

),

repeated as (

    select distinct call_hash
    from neighbours
    where call_hash = hash_before

),

ranked as (

    select
        hashed.org,
        hashed.file_id,
        hashed.line_number,
        hashed.start_at,
        row_number() over same_call as place,
        first_value(hashed.file_id) over same_call as winner_file_id,
        first_value(hashed.line_number) over same_call as winner_line_number,
        {
            'duration_seconds': hashed.duration_seconds,
            'adjusted_seconds': hashed.cdr_adjusted_seconds,
            'adjusted_minutes': hashed.cdr_adjusted_minutes,
            'rate_per_minute': hashed.cdr_rate_per_minute,
            'cost': hashed.cdr_cost,
            'currency': hashed.currency
        } as figures,
        first_value(figures) over same_call as winner_figures
    from hashed
    inner join repeated
        on hashed.call_hash = repeated.call_hash
    inner join files
        on hashed.file_id = files.file_id
    window same_call as (
        partition by
            hashed.org,
            hashed.sip_call_id,
            lower(hashed.direction),
            hashed.start_at,
            hashed.origin,
            hashed.destination
        order by files.received_rank desc, hashed.line_number desc
    )

)

select
    org,
    file_id,
    line_number,
    start_at,
    winner_file_id,
    winner_line_number,
    figures <> winner_figures as is_restated
from ranked
where place > 1
