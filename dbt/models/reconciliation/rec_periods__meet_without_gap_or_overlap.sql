-- Grain: one row per organization and invoice month of the run.
-- Invariant: A period ends the moment the next one begins: no instant is in two or in none.
-- (PER-3)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

billing_periods as (

    select * from {{ ref('billing_periods') }}

),

neighbours as (

    select
        *,
        lead(period_start) over (partition by org order by period_start) as following_start,
        lead(voice_from) over (partition by org order by period_start) as following_voice_from,
        lead(starts_at) over (partition by org order by period_start) as following_starts_at
    from billing_periods

),

examined as (

    select
        scope.org,
        scope.invoice_month,
        neighbours.period_start::varchar as subject,
        neighbours.following_start is null
        or (
            neighbours.period_end + 1 = neighbours.following_start
            and neighbours.ends_at = neighbours.following_starts_at
            and neighbours.starts_at < neighbours.ends_at
        ) as holds
    from scope
    inner join neighbours
        on
            scope.org = neighbours.org
            and scope.invoice_month = neighbours.invoice_month

)

{{ every_row_holds('periods.meet_without_gap_or_overlap') }}
