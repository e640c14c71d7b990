-- Grain: one row per organization and period that fails.
-- Rule: CHK unknown_charge_name. A timestamped Billable Usage row of the period whose charge name
-- neither the catalogue nor the contract knows: it may be a user that nobody bills.
with

billable_rows as (

    select * from {{ ref('int_licences__billable_rows') }}

)

select
    org,
    period_start,
    'Unknown charge names stand on ' || {{ counted('count(*)', 'row') }} || ' of Billable Usage: '
    || {{ listed_names('charge_name') }}
    || '. Add them to the contract or to reference/charge_names.csv.' as detail
from billable_rows
where item_kind is null
group by
    org,
    period_start
