-- Grain: one row per organization, period of a vendor's invoice whose calls vary, and stretch of
-- time between two neighbouring edges of the windows that its calls may be counted in.
-- Supports REC-4 (period_cutoff): a window is a run of stretches, so one pass over the calls serves
-- all windows.
-- Guarantees: the stretches of a period meet without gap or overlap.
with

rows_to_explain as (

    select * from {{ ref('int_causes__rows') }}
    where
        is_varying
        and (kind in ('calls', 'short_calls') or starts_with(charge_key, 'fee.'))

),

windows as (

    select * from {{ ref('int_causes__windows') }}
    where usage_kind = 'calls'

),

edges as (

    select
        org,
        period_start,
        from_at as edge_at
    from windows
    union
    select
        org,
        period_start,
        to_at as edge_at
    from windows

),

stretches as (

    select
        org,
        period_start,
        edge_at as from_at,
        lead(edge_at) over (partition by org, period_start order by edge_at) as to_at
    from edges
    where
        (org, period_start) in (
            select (rows_to_explain.org, rows_to_explain.period_start) from rows_to_explain
        )

)

select
    org,
    period_start,
    from_at,
    to_at
from stretches
where to_at is not null
