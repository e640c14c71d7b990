-- Grain: one row per organization and period that this run computes, with the contract terms in
-- force at the period's start (CON-14) and the state of its usage (PER-6).
-- Guarantees: what an open period counts by the instant ends with yesterday: a user who is still
-- logged in is not logged in tomorrow.
-- Every rule model starts from here; a period that is not in force is never billed (PER-7).
with

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

organizations as (

    select * from {{ ref('stg_contracts__organizations') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

currencies as (

    select * from {{ ref('stg_catalogue__currencies') }}

),

run as (

    select * from {{ ref('stg_ops__run') }}

)

select
    periods.org,
    periods.period_index,
    periods.period_start,
    periods.next_period_start,
    periods.period_end,
    periods.invoice_month,
    periods.starts_at,
    least(
        periods.ends_at,
        greatest(
            periods.starts_at,
            {{ local_midnight_utc('run.as_of', 'organizations.time_zone') | indent(12) }}
        )
    ) as ends_at,
    periods.voice_from,
    periods.voice_to,
    periods.phase,
    periods.term_index,
    periods.term_start,
    periods.next_term_start,
    periods.contract_version,
    organizations.time_zone,
    organizations.effective_date,
    organizations.ramp_months,
    organizations.term_months,
    versions.country,
    versions.currency,
    currencies.minor_units,
    versions.customer,
    versions.channel,
    versions.is_trial,
    versions.trial_ends_on,
    versions.ramp_policy,
    versions.subscription,
    versions.licence_model,
    versions.payment_terms_days,
    versions.mixed_tiers,
    versions.peak_minutes,
    versions.peak_mode,
    versions.accept_daily_report,
    versions.voice_rating,
    versions.rate_sheet,
    versions.rounding,
    versions.increment_seconds,
    versions.short_call_rate,
    versions.short_call_min_calls,
    versions.short_call_min_share,
    versions.is_short_call_billed_in_ramp,
    versions.numbers_billing,
    run.as_of,
    run.as_of <= periods.period_end as is_open,
    least(periods.period_end, (run.as_of - 1)::date) as coverage_through
from periods
inner join scope_months
    on
        periods.org = scope_months.org
        and periods.invoice_month = scope_months.invoice_month
inner join organizations
    on periods.org = organizations.org
inner join versions
    on
        periods.org = versions.org
        and periods.contract_version = versions.version
inner join currencies
    on
        versions.currency = currencies.currency
        and periods.period_start >= currencies.effective_from
        and periods.period_start < currencies.effective_until
cross join run
where periods.is_in_force
