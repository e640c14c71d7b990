-- STUB
select
    null::varchar as org,
    null::date as period_start,
    null::varchar as detail
where false
