-- Grain: one row per login session that touches a period of the scope, cut at its boundaries.
-- Supports LIC-8: one row per user, login time and client, the latest wins, so a session sent again
-- with its logout closes the open one; an open one runs to the period's end.
-- Guarantees: starts_at <= from_at < to_at <= ends_at. Never: a session of zero length.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

sessions as (

    select * from {{ ref('stg_genesys__login_sessions') }}

),

kinds as (

    select * from {{ ref('int_licences__session_kinds') }}

),

begun_before as (

    -- a login before the period matters only if some row of it reaches into the period: the latest
    -- row may be the one that does not
    select
        scope.org,
        scope.period_start,
        sessions.login_at
    from scope
    inner join sessions
        on
            scope.org = sessions.org
            and scope.starts_at > sessions.login_at
    where sessions.logout_at is null or sessions.logout_at > scope.starts_at
    group by
        scope.org,
        scope.period_start,
        sessions.login_at

),

candidates as (

    select
        kinds.kind_number,
        kinds.user_number,
        kinds.client_number,
        kinds.starts_at,
        kinds.ends_at,
        sessions.login_at,
        sessions.logout_at,
        sessions.received_rank,
        sessions.line_number
    from sessions
    inner join kinds
        on
            sessions.org = kinds.org
            and sessions.user_name = kinds.user_name
            and sessions.charge_name is not distinct from kinds.charge_name
            and sessions.client is not distinct from kinds.client
            and sessions.login_at < kinds.ends_at
    left join begun_before
        on
            kinds.org = begun_before.org
            and kinds.period_start = begun_before.period_start
            and sessions.login_at = begun_before.login_at
    where sessions.login_at >= kinds.starts_at or begun_before.login_at is not null

),

seen_again as (

    -- a hash may take in a login too many, which does no harm: the row numbers below decide
    select hash(user_number, login_at) as login_hash
    from candidates
    group by login_hash
    having count(*) > 1

),

latest as (

    select
        candidates.kind_number,
        candidates.user_number,
        candidates.starts_at,
        candidates.ends_at,
        candidates.login_at,
        candidates.logout_at,
        candidates.received_rank,
        candidates.line_number
    from candidates
    anti join seen_again
        on hash(candidates.user_number, candidates.login_at) = seen_again.login_hash
    union all
    select
        candidates.kind_number,
        candidates.user_number,
        candidates.starts_at,
        candidates.ends_at,
        candidates.login_at,
        candidates.logout_at,
        candidates.received_rank,
        candidates.line_number
    from candidates
    semi join seen_again
        on hash(candidates.user_number, candidates.login_at) = seen_again.login_hash
    qualify row_number() over (
            partition by candidates.user_number, candidates.login_at, candidates.client_number
            order by candidates.received_rank desc, candidates.line_number desc
        ) = 1

),

cut as (

    select
        kind_number,
        user_number,
        greatest(login_at, starts_at) as from_at,
        least(coalesce(logout_at, ends_at), ends_at) as to_at,
        received_rank,
        line_number
    from latest

)

select
    kind_number,
    user_number,
    from_at,
    to_at,
    received_rank,
    line_number
from cut
where from_at < to_at
