-- STUB
select
    null::varchar as org,
    null::date as invoice_month,
    null::varchar as invoice_kind,
    null::date as invoice_key,
    null::date as charged_period_start,
    null::varchar as section,
    null::varchar as charge_code,
    null::varchar as description,
    null::date as service_start,
    null::date as service_end,
    null::decimal(18, 6) as quantity,
    null::varchar as unit,
    null::decimal(18, 6) as rate,
    null::boolean as is_given_amount,
    null::decimal(38, 6) as given_amount,
    null::boolean as is_billed_in_ramp,
    null::varchar as rule_id
where false
