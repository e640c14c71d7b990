-- Grain: one row per organization, period and day of the Concurrent Usage report.
-- Supports LIC-8: the latest row of a day wins; a date belongs to the period that contains it as
-- written.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

concurrent_usage as (

    select * from {{ ref('stg_genesys__concurrent_usage') }}

)

select
    scope.org,
    scope.period_start,
    concurrent_usage.usage_date,
    concurrent_usage.peak_users,
    concurrent_usage.minutes,
    concurrent_usage.file_id,
    concurrent_usage.line_number
from scope
inner join concurrent_usage
    on
        scope.org = concurrent_usage.org
        and scope.period_start <= concurrent_usage.usage_date
        and scope.next_period_start > concurrent_usage.usage_date
qualify row_number() over (
        partition by scope.org, scope.period_start, concurrent_usage.usage_date
        order by concurrent_usage.received_rank desc, concurrent_usage.line_number desc
    ) = 1
