-- Grain: one row per organization, period, resource and reading, or pair of readings, of its
-- overage.
-- Supports REC-4: allowance_base (RES-3: the pool from actual or committed units alone, from both
-- added up, or none), storage_measure (RES-2: the days combined in another way), period_cutoff
-- (PER-3: the day after the period counted too); of two, the days first, then the pool.
-- Guarantees: recomputed from the days of the report and the allocation of each licence, rounded
-- as RES-4 rounds, once.
-- Forbids: a reading of a resource whose report shows overage only (net).
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

rows_to_explain as (

    select * from {{ ref('int_causes__rows') }}
    where
        is_varying
        and starts_with(charge_key, 'resource.')

),

report_rows as (

    select * from {{ ref('int_resources__report_rows') }}
    where basis = 'gross'

),

resources_usage as (

    select * from {{ ref('stg_genesys__resources_usage') }}

),

licence_allowances as (

    select * from {{ ref('int_resources__licence_allowances') }}

),

licence_units as (

    select * from {{ ref('int_resources__licence_units') }}

),

overages as (

    select * from {{ ref('int_resources__overages') }}
    where
        basis = 'gross'
        and is_charged

),

resources as (

    select * from {{ ref('stg_catalogue__resources') }}

),

wanted as (

    select
        overages.org,
        scope.invoice_month,
        overages.period_start,
        scope.next_period_start,
        overages.resource,
        overages.combine,
        overages.has_allowance,
        overages.overage,
        overages.overage_rate,
        resources.quantity_decimals
    from overages
    inner join scope
        on
            overages.org = scope.org
            and overages.period_start = scope.period_start
    inner join resources
        on
            overages.resource = resources.resource
            and overages.period_start >= resources.effective_from
            and overages.period_start < resources.effective_until
    where
        overages.overage_rate is not null
        and (overages.org, overages.period_start) in (
            select (rows_to_explain.org, rows_to_explain.period_start) from rows_to_explain
        )

),

own_days as (

    select
        org,
        period_start,
        resource,
        usage_date,
        sum(quantity) as quantity
    from report_rows
    where resource is not null
    group by org, period_start, resource, usage_date

),

names as (

    select
        org,
        period_start,
        resource,
        resource_name_key
    from report_rows
    where resource is not null
    group by org, period_start, resource, resource_name_key

),

latest as (

    select
        org,
        usage_date,
        resource_name_key,
        arg_max(quantity, (received_rank, line_number)) as quantity
    from resources_usage
    group by org, usage_date, resource_name_key

),

-- the first day of the next period, under the names that the period itself has
next_days as (

    select
        wanted.org,
        wanted.period_start,
        wanted.resource,
        sum(latest.quantity) as quantity
    from wanted
    inner join names
        on
            wanted.org = names.org
            and wanted.period_start = names.period_start
            and wanted.resource = names.resource
    inner join latest
        on
            wanted.org = latest.org
            and wanted.next_period_start = latest.usage_date
            and names.resource_name_key = latest.resource_name_key
    group by
        wanted.org,
        wanted.period_start,
        wanted.resource

),

days as (

    select
        org,
        period_start,
        resource,
        'own' as days_read,
        usage_date,
        quantity
    from own_days
    union all
    select
        org,
        period_start,
        resource,
        'extra_day' as days_read,
        usage_date,
        quantity
    from own_days
    union all
    select
        org,
        period_start,
        resource,
        'extra_day' as days_read,
        null as usage_date,
        quantity
    from next_days

),

combined as (

    select
        org,
        period_start,
        resource,
        days_read,
        count(*) as days_reported,
        sum(quantity) as summed,
        max(quantity) as largest,
        arg_max(quantity, coalesce(usage_date, date '9999-12-31')) as latest
    from days
    group by org, period_start, resource, days_read

),

measures as (

    {% for combine, figure in [
        ('sum', 'summed'), ('average', 'summed'), ('max', 'largest'), ('last', 'latest'),
    ] %}
        select
            org,
            period_start,
            resource,
            days_read,
            '{{ combine }}' as combine,
            {{ in_micro(figure) }} as numerator,
            {% if combine == 'average' %}days_reported{% else %}1{% endif %}::hugeint
            * {{ micro() }} as denominator
        from combined
        {{ "union all" if not loop.last }}
    {% endfor %}

),

{% set pools = [
    ('greater', 'greatest(licence_units.committed, licence_units.actual)', ''),
    ('actual', 'licence_units.actual', 'the pool from the units used alone'),
    ('committed', 'licence_units.committed', 'the pool from the committed units alone'),
    ('both', 'licence_units.committed + licence_units.actual',
     'the pool from committed and used units added up'),
    ('none', '0::decimal(18, 6)', 'no pool at all'),
] %}
pools as (

    {% for pool, units, words in pools %}
        select
            wanted.org,
            wanted.period_start,
            wanted.resource,
            '{{ pool }}' as pool,
            {{ loop.index0 }} as position,
            '{{ words }}' as words,
            coalesce(
                sum(
                    licence_allowances.numerator
                    // nullif({{ in_micro('licence_allowances.units') }}, 0)
                    * {{ in_micro(units) }}
                ),
                0
            )::hugeint as numerator,
            coalesce(max(licence_allowances.denominator), 1)::hugeint as denominator
        from wanted
        left join licence_allowances
            on
                wanted.org = licence_allowances.org
                and wanted.period_start = licence_allowances.period_start
                and wanted.resource = licence_allowances.resource
        left join licence_units -- noqa: ST11
            on
                licence_allowances.org = licence_units.org
                and licence_allowances.period_start = licence_units.period_start
                and licence_allowances.licence = licence_units.licence
        where wanted.has_allowance or '{{ pool }}' = 'greater'
        group by
            wanted.org,
            wanted.period_start,
            wanted.resource
        {{ "union all" if not loop.last }}
    {% endfor %}

),

recomputed as (

    select
        wanted.org,
        wanted.invoice_month,
        wanted.period_start,
        wanted.resource,
        wanted.overage,
        wanted.overage_rate,
        wanted.combine as own_combine,
        measures.days_read,
        measures.combine,
        pools.pool,
        pools.position,
        pools.words,
        greatest(
            measures.numerator * pools.denominator - pools.numerator * measures.denominator,
            0::hugeint
        ) as over_numerator,
        measures.denominator * pools.denominator as over_denominator,
        wanted.quantity_decimals
    from wanted
    inner join measures
        on
            wanted.org = measures.org
            and wanted.period_start = measures.period_start
            and wanted.resource = measures.resource
    inner join pools
        on
            wanted.org = pools.org
            and wanted.period_start = pools.period_start
            and wanted.resource = pools.resource

),

quantified as (

    select
        *,
        {{ round_ratio('over_numerator', 'over_denominator', 'quantity_decimals') }} as quantity,
        (days_read <> 'own')::integer
        + (combine <> own_combine)::integer
        + (pool <> 'greater')::integer as causes
    from recomputed

),

of_days as (

    -- one reading of the days alone
    select
        *,
        case when days_read = 'own' then 'storage_measure' else 'period_cutoff' end as cause,
        case
            when days_read = 'own' then 'measure:' || combine
            else 'window:days:' || days_read
        end as reading,
        case
            when days_read = 'own'
                then
                    'the days combined as '
                    || case combine
                        when 'max' then 'their largest'
                        when 'last' then 'their last'
                        when 'average' then 'their average'
                        else 'their sum'
                    end
            else 'the day after the period counted too'
        end as detail
    from quantified
    where
        causes = 1
        and pool = 'greater'

),

of_pools as (

    select
        *,
        'allowance_base' as cause,
        'pool:' || pool as reading,
        words as detail
    from quantified
    where
        causes = 1
        and pool <> 'greater'

),

of_both as (

    select
        quantified.*,
        of_days.cause as days_cause,
        of_days.reading as days_reading,
        of_days.detail as days_detail,
        of_days.quantity as days_quantity,
        of_pools.cause as pool_cause,
        of_pools.reading as pool_reading,
        of_pools.detail as pool_detail
    from quantified
    inner join of_days
        on
            quantified.org = of_days.org
            and quantified.period_start = of_days.period_start
            and quantified.resource = of_days.resource
            and quantified.days_read = of_days.days_read
            and quantified.combine = of_days.combine
    inner join of_pools
        on
            quantified.org = of_pools.org
            and quantified.period_start = of_pools.period_start
            and quantified.resource = of_pools.resource
            and quantified.pool = of_pools.pool

),

readings as (

    {% for part in ['of_days', 'of_pools'] %}
        select
            org,
            invoice_month,
            period_start,
            resource,
            overage,
            overage_rate,
            cause as first_cause,
            reading as first_reading,
            detail as first_detail,
            null::varchar as second_cause,
            null::varchar as second_reading,
            null::varchar as second_detail,
            null::decimal(18, 6) as first_quantity,
            quantity,
            position
        from {{ part }}
        union all
    {% endfor %}
    select
        org,
        invoice_month,
        period_start,
        resource,
        overage,
        overage_rate,
        days_cause as first_cause,
        days_reading as first_reading,
        days_detail as first_detail,
        pool_cause as second_cause,
        pool_reading as second_reading,
        pool_detail as second_detail,
        days_quantity as first_quantity,
        quantity,
        position
    from of_both

)

select
    org,
    invoice_month,
    period_start,
    period_start as service_start,
    'resource.' || resource as charge_code,
    first_cause,
    first_reading,
    first_detail,
    second_cause,
    second_reading,
    second_detail,
    first_quantity,
    quantity,
    overage_rate as rate,
    position,
    -- an overage that a reading makes none may as well be a line left out
    case when quantity = 0 then {{ rows_that_prove() }} else 0 end as rows_needed
from readings
where quantity <> overage
