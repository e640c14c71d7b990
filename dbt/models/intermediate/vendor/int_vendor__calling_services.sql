-- Grain: one row per organization and period whose calls the vendor has invoiced.
-- Rule: REC-2 (the costs of the period's call records are the vendor's calling-service lines, all
-- four services, toll-free included, within 0.005 for each of its lines).
-- Guarantees: the costs are those of the records, before any line of ours was rounded; a record
-- without a cost counts with the one that it is billed at.
-- Forbids: the surcharge, the numbers and BYOC in either sum.
with

mapped_lines as (

    select * from {{ ref('int_vendor__mapped_lines') }}

),

telco_charges as (

    select * from {{ ref('telco_charges') }}

),

of_services as (

    select
        org,
        invoice_month,
        period_start,
        service_start,
        amount,
        currency,
        expected_currency,
        regexp_extract(charge_key, '^telco\.([a-z_]+)', 1) as service
    from mapped_lines

),

billed as (

    select
        org,
        invoice_month,
        period_start,
        count(*) as vendor_lines,
        sum(amount) as vendor_amount,
        bool_and(currency = expected_currency) as is_in_currency
    from of_services
    where
        service in ('outbound', 'extended_outbound', 'inbound', 'toll_free')
        and service_start = period_start
    group by org, invoice_month, period_start

),

recorded as (

    select
        org,
        period_start,
        sum(calls) as calls,
        sum(coalesce(cdr_cost, billed_cost)) as record_cost
    from telco_charges
    where service in ('outbound', 'extended_outbound', 'inbound', 'toll_free')
    group by org, period_start

)

select
    billed.org,
    billed.invoice_month,
    billed.period_start,
    coalesce(recorded.calls, 0)::bigint as calls,
    coalesce(recorded.record_cost, 0)::decimal(38, 6) as record_cost,
    billed.vendor_lines,
    billed.vendor_amount::decimal(38, 6) as vendor_amount,
    (billed.vendor_amount - coalesce(recorded.record_cost, 0))::decimal(38, 6) as difference,
    (
        billed.vendor_lines * {{ rule_constant('vendor_line_tolerance', 'billed.period_start') }}
    )::decimal(18, 6) as tolerance,
    abs(billed.vendor_amount - coalesce(recorded.record_cost, 0))
    <= billed.vendor_lines * {{ rule_constant('vendor_line_tolerance', 'billed.period_start') }}
    and billed.is_in_currency as is_within
from billed
left join recorded
    on
        billed.org = recorded.org
        and billed.period_start = recorded.period_start
