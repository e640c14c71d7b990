-- Grain: one row per organization and period, for damaged files of the reports that only warn (CHK:
-- org_users, vendor_invoice, payments).
with

damaged_periods as (

    select * from {{ ref('int_landing__damaged_periods') }}
    where is_warning

)

select
    org,
    period_start,
    count(*) || ' damaged file(s): '
    || {{ first_names('finding', 'finding') }}
    || '; no charge depends on it, replace with a good file' as detail
from damaged_periods
group by org, period_start
