-- Grain: one row per organization, period, UTC day, service, market and whether the currency is the
-- contract's.
-- The one pass of reconciliation over the rated calls. A day that no new file touches is kept.
-- The first and last instant and period are variables, known when the query is planned: so they
-- reach the files and the windows, and a month costs a month however long the history is.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ forget_due_days('reconciliation_due_days') }}",
        "{{ joins_as_written() }}",
        "set variable reconciled_from = "
        ~ "(select min(due_from) from {{ ref('reconciliation_due_days') }})",
        "set variable reconciled_to = "
        ~ "(select max(due_to) from {{ ref('reconciliation_due_days') }})",
        "set variable first_reconciled_period = "
        ~ "(select min(period_start) from {{ ref('reconciliation_due_days') }})",
        "set variable last_reconciled_period = "
        ~ "(select max(period_start) from {{ ref('reconciliation_due_days') }})",
    ],
    post_hook="{{ planned_as_usual() }}",
    meta={'is_rebuilt_by_version': true},
) }}
with

scope as (

    select
        scope.org,
        scope.period_start,
        scope.currency,
        due_days.due_from,
        due_days.due_to
    from {{ ref('reconciliation_scope') }} as scope
    inner join {{ ref('reconciliation_due_days') }} as due_days
        on
            scope.org = due_days.org
            and scope.period_start = due_days.period_start

),

rated_calls as (

    select * from {{ ref('rated_calls') }}
    where
        start_at >= coalesce(getvariable('reconciled_from')::timestamp, '-infinity')
        and start_at < coalesce(getvariable('reconciled_to')::timestamp, 'infinity')
        and period_start >= coalesce(getvariable('first_reconciled_period')::date, '-infinity')
        and period_start <= coalesce(getvariable('last_reconciled_period')::date, 'infinity')

)

select
    scope.org,
    scope.period_start,
    rated_calls.start_at::date as call_date,
    rated_calls.service,
    rated_calls.market,
    rated_calls.is_in_contract_currency,
    count(*) as calls,
    min(rated_calls.start_at) as first_start_at,
    max(rated_calls.start_at) as last_start_at,
    coalesce(
        sum(rated_calls.adjusted_minutes) filter (where rated_calls.has_own_minutes), 0
    )::decimal(38, 6) as own_minutes,
    coalesce(
        sum(rated_calls.adjusted_seconds) filter (where not rated_calls.has_own_minutes), 0
    )::hugeint as other_seconds,
    sum(rated_calls.cdr_cost) filter (where rated_calls.currency = scope.currency) as cdr_cost,
    sum(rated_calls.rated_cost) filter (where rated_calls.currency = scope.currency) as rated_cost,
    sum(rated_calls.billed_cost) as billed_cost,
    coalesce(sum(rated_calls.cdr_cost), 0) as own_cdr_cost,
    coalesce(
        sum(rated_calls.billed_cost) filter (where rated_calls.cdr_cost is not null), 0
    ) as own_billed_cost,
    count(*) filter (
        where
        rated_calls.service in ('outbound', 'extended_outbound')
        and rated_calls.is_in_contract_currency
        and rated_calls.adjusted_seconds > 0
    ) as completed_outbound_calls,
    count(*) filter (where rated_calls.is_short_call) as short_calls
from rated_calls
inner join scope
    on
        rated_calls.org = scope.org
        and rated_calls.period_start = scope.period_start
        and rated_calls.start_at >= scope.due_from
        and rated_calls.start_at < scope.due_to
group by
    scope.org,
    scope.period_start,
    rated_calls.start_at::date,
    rated_calls.service,
    rated_calls.market,
    rated_calls.is_in_contract_currency
