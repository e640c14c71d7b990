-- Grain: one row per organization and invoice month that this run computes.
-- What an invariant is asked for. The one place where reconciliation reads the rules' models, and
-- only to learn which periods the run computes; all else here is worked out anew, so that an
-- invariant does not share a rule's bug. A month without a period of its own (an order before the
-- first period ends) is a row too: its period is null.
{{ config(materialized='table') }}
with

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

periods as (

    select * from {{ ref('int_periods__scope') }}

),

organizations as (

    select * from {{ ref('stg_contracts__organizations') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

following as (

    -- the contract in force when the period after this one starts
    select
        periods.org,
        periods.period_start,
        max(versions.version) as version
    from periods
    inner join versions
        on
            periods.org = versions.org
            and (
                versions.version = 0
                or periods.next_period_start >= versions.effective_from
            )
    group by periods.org, periods.period_start

),

followed as (

    select
        following.org,
        following.period_start,
        following.version as next_contract_version,
        versions.subscription as next_subscription,
        datediff('month', organizations.effective_date, periods.next_period_start)
        - organizations.ramp_months as next_term_month,
        case when next_term_month >= 0 then 'term' else 'ramp' end as next_phase,
        (versions.terminated_on is null or periods.next_period_start <= versions.terminated_on)
        and (versions.auto_renew or next_term_month < organizations.term_months)
            as is_next_in_force
    from following
    inner join periods
        on
            following.org = periods.org
            and following.period_start = periods.period_start
    inner join versions
        on
            following.org = versions.org
            and following.version = versions.version
    inner join organizations
        on following.org = organizations.org

)

select
    scope_months.org,
    scope_months.invoice_month,
    periods.period_start,
    periods.next_period_start,
    periods.period_end,
    periods.starts_at,
    periods.ends_at,
    periods.voice_from,
    periods.voice_to,
    periods.phase,
    periods.contract_version,
    periods.subscription,
    periods.licence_model,
    periods.ramp_policy,
    periods.channel,
    periods.is_trial,
    periods.currency,
    periods.minor_units,
    periods.voice_rating,
    periods.numbers_billing,
    periods.short_call_rate,
    periods.short_call_min_calls,
    periods.short_call_min_share,
    followed.next_contract_version,
    followed.next_subscription,
    followed.next_phase,
    followed.is_next_in_force
from scope_months
left join periods
    on
        scope_months.org = periods.org
        and scope_months.invoice_month = periods.invoice_month
left join followed
    on
        periods.org = followed.org
        and periods.period_start = followed.period_start
