-- STUB
select
    null::varchar as org,
    null::date as period_start,
    null::bigint as numbers
where false
