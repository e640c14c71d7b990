-- Grain: one row per organization and period with an unknown resource name. Rule: RES-7.
with

report_rows as (

    select * from {{ ref('int_resources__report_rows') }}

),

unknown_names as (

    select
        org,
        period_start,
        resource_name_key,
        min(resource_name) as resource_name,
        count(*) as days
    from report_rows
    where resource is null
    group by org, period_start, resource_name_key

)

select
    org,
    period_start,
    'Unknown resources in resources_usage: '
    || {{ listed_names(
        "'\"' || resource_name || '\" (' || " ~ counted('days', 'row') ~ " || ')'"
    ) }}
    || '. Add them to reference/resource_names.csv.' as detail
from unknown_names
group by org, period_start
