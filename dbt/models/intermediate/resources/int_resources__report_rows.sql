-- Grain: one row per organization, period, day and resource name of the report: the latest.
-- Rule: RES-1 (a report name means a resource and a basis). A day and name sent again replaces.
-- Guarantees: a name that the catalogue does not know, or that leads to a resource it does not
-- know, stays as a row without a resource (RES-7 looks there).
-- Forbids: reading a day into another period than the one that contains it as written.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

usage as (

    select * from {{ ref('stg_genesys__resources_usage') }}

),

resource_names as (

    select
        *,
        {{ name_key('resource_name') }} as resource_name_key
    from {{ ref('stg_catalogue__resource_names') }}

),

resources as (

    select * from {{ ref('stg_catalogue__resources') }}

),

latest as (

    select
        scope.org,
        scope.period_start,
        usage.usage_date,
        usage.resource_name_key,
        usage.resource as resource_name,
        usage.quantity,
        usage.file_id,
        usage.line_number
    from scope
    inner join usage
        on
            scope.org = usage.org
            and scope.period_start <= usage.usage_date
            and scope.next_period_start > usage.usage_date
    qualify
        row_number() over (
            partition by usage.org, usage.usage_date, usage.resource_name_key
            order by usage.received_rank desc, usage.line_number desc
        ) = 1

)

select
    latest.org,
    latest.period_start,
    latest.usage_date,
    latest.resource_name_key,
    latest.resource_name,
    resources.resource,
    case when resources.resource is not null then resource_names.basis end as basis,
    latest.quantity,
    latest.file_id,
    latest.line_number
from latest
left join resource_names
    on
        latest.resource_name_key = resource_names.resource_name_key
        and latest.usage_date >= resource_names.effective_from
        and latest.usage_date < resource_names.effective_until
left join resources
    on
        resource_names.resource = resources.resource
        and latest.period_start >= resources.effective_from
        and latest.period_start < resources.effective_until
