-- Grain: one row per organization, period and charge code of calls that has a row to compare.
-- Supports REC-4: where the calls of a charge code are compared; also of a code that only another
-- reading has calls of.
with

cells as (

    select * from {{ ref('int_causes__call_cells') }}

),

line_keys as (

    select * from {{ ref('int_vendor__line_keys') }}

),

call_rows as (

    select * from {{ ref('int_causes__rows') }}
    where kind = 'calls'

),

codes as (

    select
        org,
        period_start,
        charge_code
    from cells
    group by org, period_start, charge_code

)

select
    codes.org,
    codes.period_start,
    codes.charge_code,
    call_rows.charge_key
from codes
inner join call_rows
    on
        codes.org = call_rows.org
        and codes.period_start = call_rows.period_start
        and codes.period_start = call_rows.service_start
left join line_keys
    on
        codes.org = line_keys.org
        and codes.period_start = line_keys.period_start
        and codes.period_start = line_keys.service_start
        and codes.charge_code = line_keys.charge_code
where
    call_rows.charge_key = line_keys.charge_key
    or (
        line_keys.charge_key is null
        and starts_with(codes.charge_code || '.', call_rows.charge_key || '.')
    )
qualify
    row_number() over (
        partition by codes.org, codes.period_start, codes.charge_code
        order by length(call_rows.charge_key) desc
    ) = 1
