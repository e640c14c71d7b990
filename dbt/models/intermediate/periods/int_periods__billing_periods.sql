-- Grain: one row per organization and period, from its first period to past the run's horizon.
-- Rules: PER-1 (months added to the anchor itself), PER-2 (local midnights), PER-3 (half-open: the
-- second period owns the disputed day), PER-4 (invoice month), PER-5 (voice windows), CON-13, the
-- ramp, term and renewal of CON, CON-14 (the version in force at a period's start).
-- Guarantees: each instant from the effective date on is in one period and in one voice window.
-- Forbids: a period after one that is not in force; a period computed from its predecessor's end.
with

organizations as (

    select * from {{ ref('stg_contracts__organizations') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

run as (

    select * from {{ ref('stg_ops__run') }}

),

requests as (

    select * from {{ ref('stg_ops__run_requests') }}

),

billed_months as (

    select * from {{ ref('stg_ops__billed_months') }}

),

horizon as (

    -- the last date that this run may ask about; a month that was once computed keeps its period,
    -- however far ahead it was asked for
    select max(last_date) as last_date
    from (
        select as_of as last_date from run
        union all
        select invoice_month as last_date from requests
        union all
        select invoice_month as last_date from billed_months
    ) as dates

),

numbered as (

    select
        organizations.org,
        organizations.time_zone,
        organizations.effective_date,
        organizations.ramp_months,
        organizations.term_months,
        unnest(
            generate_series(
                0,
                -- one period is billed ahead (CON-2, CON-15, VOX-8) and one more ends its window;
                -- an order in the ramp looks at the first period of the term (CON-4)
                greatest(
                    datediff('month', organizations.effective_date, horizon.last_date),
                    organizations.ramp_months
                ) + {{ periods_beyond_horizon() }}
            )
        )::integer as period_index
    from organizations
    cross join horizon

),

dated as (

    select
        org,
        time_zone,
        effective_date,
        ramp_months,
        period_index,
        (effective_date + to_months(period_index))::date as period_start,
        (effective_date + to_months(period_index + 1))::date as next_period_start,
        case
            when period_index >= ramp_months
                then (period_index - ramp_months) // term_months
        end as term_index,
        case
            when period_index >= ramp_months
                then ramp_months + (period_index - ramp_months) // term_months * term_months
        end as term_start_index,
        term_months
    from numbered

),

versioned as (

    select
        dated.*,
        (
            select max(versions.version)
            from versions
            where
                versions.org = dated.org
                and versions.effective_from <= dated.period_start
        ) as contract_version
    from dated

),

windowed as (

    select
        versioned.org,
        versioned.period_index,
        versioned.period_start,
        versioned.next_period_start,
        versioned.contract_version,
        versioned.ramp_months,
        versioned.term_index,
        (versioned.effective_date + to_months(versioned.term_start_index))::date as term_start,
        (
            versioned.effective_date
            + to_months(versioned.term_start_index + versioned.term_months)
        )::date as next_term_start,
        {{ local_midnight_utc('versioned.period_start', 'versioned.time_zone') }} as starts_at,
        {{ local_midnight_utc('versioned.next_period_start', 'versioned.time_zone') }} as ends_at,
        case
            when versions.voice_cutoff_seconds is null then starts_at
            else versioned.period_start::timestamp + to_seconds(versions.voice_cutoff_seconds)
        end as voice_from,
        bool_and(
            (versions.terminated_on is null or versioned.period_start <= versions.terminated_on)
            and (
                -- a renewed term runs to its end: auto_renew decides only whether one opens
                versions.auto_renew
                or coalesce(versioned.term_index, 0) = 0
                or versioned.period_index > versioned.term_start_index
            )
        ) over (
            partition by versioned.org
            order by versioned.period_index
        ) as is_in_force
    from versioned
    inner join versions
        on
            versioned.org = versions.org
            and versioned.contract_version = versions.version

),

bounded as (

    select
        *,
        lead(voice_from) over (
            partition by org
            order by period_index
        ) as voice_to
    from windowed

)

select
    org,
    period_index,
    period_start,
    next_period_start,
    (next_period_start - 1)::date as period_end,
    date_trunc('month', next_period_start - 1)::date as invoice_month,
    starts_at,
    ends_at,
    voice_from,
    voice_to,
    case
        when not is_in_force then 'ended'
        when period_index < ramp_months then 'ramp'
        else 'term'
    end as phase,
    is_in_force,
    term_index,
    term_start,
    next_term_start,
    contract_version
from bounded
where voice_to is not null
