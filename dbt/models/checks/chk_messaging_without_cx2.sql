-- Grain: one row per organization and period with messages, but no licence that includes them.
-- Warning of RES-6: no CX 2 or CX 3 licence, Digital ones and CX 4 included, is committed in the
-- term or used.
with

overages as (

    select * from {{ ref('int_resources__overages') }}

),

licence_units as (

    select * from {{ ref('int_resources__licence_units') }}

),

licences as (

    select * from {{ ref('stg_catalogue__licences') }}

),

entitled as (

    select
        licence_units.org,
        licence_units.period_start
    from licence_units
    inner join licences as lowest
        on
            lowest.licence = 'cx2_digital'
            and licence_units.period_start >= lowest.effective_from
            and licence_units.period_start < lowest.effective_until
            and licence_units.tier >= lowest.tier
    where licence_units.units > 0
    group by licence_units.org, licence_units.period_start

)

select
    overages.org,
    overages.period_start,
    'resources_usage: '
    || string_agg(
        {{ plain_number('overages.overage') }} || ' ' || overages.resource,
        ', ' order by overages.resource
    )
    || ' without a CX 2 or CX 3 licence; check the contract or the billable users' as detail
from overages
left join entitled
    on
        overages.org = entitled.org
        and overages.period_start = entitled.period_start
where
    overages.is_charged
    and not overages.has_allowance
    and overages.overage > 0
    and entitled.org is null
group by overages.org, overages.period_start
