-- Grain: one row per organization, period, user, date and charge name of the User Hour Usage
-- report.
-- Supports LIC-10, LIC-11 and APP-1: the latest row wins; a date belongs to the period that
-- contains it as written.
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

user_hours as (

    select * from {{ ref('stg_genesys__user_hours') }}

)

select
    scope.org,
    scope.period_start,
    user_hours.user_key,
    user_hours.usage_date,
    nullif(user_hours.charge_name_key, '') as charge_name_key,
    user_hours.charge_name,
    user_hours.logged_in_milliseconds
    * {{ microseconds_per_millisecond() }} as logged_in_microseconds,
    user_hours.file_id,
    user_hours.line_number
from scope
inner join user_hours
    on
        scope.org = user_hours.org
        and scope.period_start <= user_hours.usage_date
        and scope.next_period_start > user_hours.usage_date
qualify row_number() over (
        partition by
            scope.org,
            scope.period_start,
            user_hours.user_key,
            user_hours.usage_date,
            nullif(user_hours.charge_name_key, '')
        order by user_hours.received_rank desc, user_hours.line_number desc
    ) = 1
