-- STUB
select
    null::varchar as org,
    null::date as period_start,
    null::varchar as item_kind,
    null::varchar as item,
    null::varchar as licence_model,
    null::varchar as unit,
    null::decimal(18, 6) as actual,
    null::decimal(18, 6) as actual_low,
    null::decimal(18, 6) as actual_high
where false
