-- Grain: one row per charge that an invoice of this run may carry.
-- Rule: CON-7 (in the ramp under software_free only what says so is billed; a contract entry's
-- billed_in_ramp overrides the catalogue's).
-- Guarantees: the phase and contract of the charged period decide, not the invoice's; the section
-- is the catalogue's for the longest prefix of the charge code, unless the charge names its own.
-- Forbids: a price, a rounding, a rule of one family.
{{ config(
    pre_hook="{{ projections_as_written() }}",
    post_hook="{{ planned_as_usual() }}"
) }}
with

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

catalogue as (

    select * from {{ ref('stg_catalogue__charges') }}

),

charges as (

    {% for family in [
        'int_commitments__on_demand',
        'int_commitments__committed',
        'int_commitments__monthly_prepay',
        'int_commitments__annual_prepay',
        'int_resources__charges',
        'int_devices__charges',
        'int_telco__charges',
        'int_numbers__charges',
        'int_recurring__charges',
        'int_one_time__charges',
    ] %}
        select {{ charge_columns() | join(', ') }}
        from {{ ref(family) }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

codes as (

    select
        charge_code,
        service_start
    from charges
    group by charge_code, service_start

),

catalogued as (

    select
        codes.charge_code,
        codes.service_start,
        arg_max(catalogue.section, length(catalogue.charge_prefix)) as section,
        arg_max(catalogue.billed_in_ramp, length(catalogue.charge_prefix)) as billed_in_ramp
    from codes
    inner join catalogue
        on
            (
                codes.charge_code = catalogue.charge_prefix
                or starts_with(codes.charge_code, catalogue.charge_prefix || '.')
            )
            and codes.service_start >= catalogue.effective_from
            and codes.service_start < catalogue.effective_until
    group by codes.charge_code, codes.service_start

),

phased as (

    select
        charges.* exclude (section),
        coalesce(charges.section, catalogued.section) as section,
        periods.phase,
        versions.ramp_policy,
        periods.contract_version as charged_contract_version,
        coalesce(charges.is_billed_in_ramp, catalogued.billed_in_ramp, true) as passes_ramp
    from charges
    left join catalogued
        on
            charges.charge_code = catalogued.charge_code
            and charges.service_start = catalogued.service_start
    left join periods
        on
            charges.org = periods.org
            and charges.charged_period_start = periods.period_start
    left join versions
        on
            periods.org = versions.org
            and periods.contract_version = versions.version

)

select
    {{ charge_columns() | join(',\n    ') }},
    charged_contract_version
from phased
where
    charged_period_start is null
    or {{ is_billed_in_phase('phase', 'ramp_policy', 'passes_ramp') }}
