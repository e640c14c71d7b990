-- Grain: one row per organization and period that a damaged file puts in doubt. Blocks (CHK), until
-- the file is replaced by a good one or accepted.
with

damaged_periods as (

    select * from {{ ref('int_landing__damaged_periods') }}
    where not is_warning

)

select
    org,
    period_start,
    count(*) || ' damaged file(s): '
    || {{ first_names('finding', 'finding') }}
    || '; replace with a good file, or: '
    || {{ first_names("'cxledger accept ' || file_id || ' --reason …'", 'finding') }} as detail
from damaged_periods
group by org, period_start
