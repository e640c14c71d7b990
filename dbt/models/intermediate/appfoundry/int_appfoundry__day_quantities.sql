-- Grain: one row per organization, period, app and part as reported, and day.
-- Rule: the day rule of APP-2. A day sent again replaces that day, it does not add: the latest row
-- wins. A date belongs to the period that contains it as written.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

appfoundry_usage as (

    select * from {{ ref('stg_genesys__appfoundry_usage') }}

)

select
    scope.org,
    scope.period_start,
    scope.contract_version,
    appfoundry_usage.app,
    appfoundry_usage.part,
    appfoundry_usage.app_key,
    appfoundry_usage.part_key,
    appfoundry_usage.usage_date,
    appfoundry_usage.quantity,
    appfoundry_usage.file_id,
    appfoundry_usage.line_number
from scope
inner join appfoundry_usage
    on
        scope.org = appfoundry_usage.org
        and scope.period_start <= appfoundry_usage.usage_date
        and scope.next_period_start > appfoundry_usage.usage_date
qualify row_number() over (
        partition by
            scope.org,
            scope.period_start,
            appfoundry_usage.app_key,
            appfoundry_usage.part_key,
            appfoundry_usage.usage_date
        order by appfoundry_usage.received_rank desc, appfoundry_usage.line_number desc
    ) = 1
