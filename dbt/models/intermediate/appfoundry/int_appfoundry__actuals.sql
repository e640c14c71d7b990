-- STUB
select
    null::varchar as org,
    null::date as period_start,
    null::varchar as app_slug,
    null::varchar as part_slug,
    null::decimal(18, 6) as actual
where false
