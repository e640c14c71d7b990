-- STUB
select
    null::varchar as org,
    null::date as period_start,
    null::decimal(18, 6) as quantity
where false
