-- Grain: one row per organization and invoice month of the run.
-- Invariant: Every call of a period starts in its voice window. (PER-5)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

calls as (

    select * from {{ ref('reconciliation_calls') }}

),

examined as (

    select
        scope.org,
        scope.invoice_month,
        calls.service || ' ' || calls.market as subject,
        calls.first_start_at >= scope.voice_from and calls.last_start_at < scope.voice_to as holds
    from scope
    inner join calls
        on
            scope.org = calls.org
            and scope.period_start = calls.period_start

)

{{ every_row_holds('telco.calls_lie_in_their_window') }}
