-- Grain: one row per organization and invoice month of the run.
-- Invariant: A voice window ends where the next one starts. PER-5, CON-14: also where an amendment
-- moves the cut-off.
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
        neighbours.voice_from < neighbours.voice_to
        and (
            neighbours.following_voice_from is null
            or neighbours.voice_to = neighbours.following_voice_from
        ) as holds
    from scope
    inner join neighbours
        on
            scope.org = neighbours.org
            and scope.invoice_month = neighbours.invoice_month

)

{{ every_row_holds('periods.voice_windows_meet') }}
