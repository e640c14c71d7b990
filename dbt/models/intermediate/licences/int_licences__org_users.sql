-- Grain: one row per organization and user of the org_users report: the latest one.
-- Supports the chargeback: who a user's units and calls are charged to.
with

org_users as (

    select * from {{ ref('stg_genesys__org_users') }}

)

select
    org,
    user_key,
    division,
    department,
    cost_center
from org_users
qualify row_number() over (
        partition by org, user_key
        order by received_rank desc, line_number desc
    ) = 1
