-- A small published warehouse with a month of every decision, written by hand: dispute (with names
-- that try to break out of the page), pay, held, awaited, not comparable, estimate.
create schema marts;
create schema ops;

create table marts.decisions as
select
    org, month::date as invoice_month, currency, month::date as period_start,
    last_day(month::date) as period_end, 1::bigint as invoices, estimate::date as estimate_through,
    holds::varchar[] as hold_reasons, decision, numbers as vendor_invoice_numbers,
    ours::decimal(18, 2) as our_total, ours::decimal(18, 2) as expected_total,
    theirs::decimal(18, 6) as vendor_total, (theirs - ours)::decimal(18, 6) as difference,
    dispute::decimal(18, 6) as disputed_amount, (theirs - dispute)::decimal(18, 6) as payable_amount,
    under::decimal(18, 6) as underbilled_amount, 0::decimal(18, 6) as not_comparable_amount,
    compared::bigint as compared_rows, matched::bigint as matched_rows,
    false as has_other_currency
from (values
    ('acme', '2026-01-01', 'USD', null, [], 'pay', 'GC-1001', 11840.15, 11840.15, 0, 0, 9, 9),
    ('acme', '2026-02-01', 'USD', null, [], 'pay', 'GC-1002', 12011.40, 12011.404, 0, 0, 9, 9),
    ('acme', '2026-03-01', 'USD', null, [], 'dispute', 'GC-1003', 12561.02, 13207.52, 896.50, 250, 7, 1),
    ('held', '2026-03-01', 'EUR', null, ['rejected_rows', 'unknown_app'], 'held', 'R-7', 900, 1000, 100, 0, 1, 0),
    ('hoshi', '2026-03-01', 'JPY', null, [], 'no_vendor_invoice', null, 1080214, null, null, null, null, null),
    ('partner', '2026-03-01', 'GBP', null, [], 'not_comparable', 'P-1', null, 410, 0, 0, 1, 0),
    ('open', '2026-03-01', 'USD', '2026-03-09', [], 'estimate', null, 321.5, null, null, null, null, null)
) as months (
    org, month, currency, estimate, holds, decision, numbers, ours, theirs, dispute, under, compared,
    matched
);
update marts.decisions set compared_rows = 0, matched_rows = 0 where compared_rows is null;

create table marts.invoice_parties as
select
    org || '-' || strftime(invoice_month, '%Y-%m') as invoice_id, org, invoice_month,
    case org
        when 'acme' then 'Harrow & Finch <script>alert(1)</script> Mutual Insurance of the Upper Midwest, Inc.'
        when 'hoshi' then '株式会社ホシモリトラベル'
        else org
    end as organization_name,
    case org when 'acme' then 'C-1001 "A"' end as contract_number,
    case currency when 'JPY' then 0 else 2 end as minor_units,
    case org when 'acme' then 'Billing team, North America' end as billing_contact_name,
    case org when 'acme' then 'billing@vendor.example' end as billing_contact_email
from marts.decisions;

create table marts.invoices as
select
    org || '-' || strftime(invoice_month, '%Y-%m') as invoice_id, null as invoice_number, org,
    invoice_month, 'period' as invoice_kind,
    case decision when 'held' then 'held' when 'not_comparable' then 'usage_only' else 'draft' end
        as status,
    estimate_through, (period_end + 1)::date as invoice_date, (period_end + 31)::date as due_date,
    period_start, period_end, our_total as total
from marts.decisions;

create table marts.invoice_lines as
select
    org || '-2026-03' as invoice_id, org, date '2026-03-01' as invoice_month,
    number::integer as line_number, org || '-2026-03:' || code as line_id, code as charge_code,
    title as description, date '2026-03-01' as service_start, date '2026-03-31' as service_end,
    quantity::decimal(18, 6) as quantity, unit, rate::decimal(18, 6) as rate,
    amount::decimal(18, 2) as amount, rule as rule_id
from (values
    ('acme', 1, 'licence.cx2.on_demand', 'Genesys Cloud CX 2 User', 5, 'user', 115, 575, 'CON-1'),
    ('acme', 2, 'licence.cx2.prepay', 'Genesys Cloud CX 2 User - Prepay', 90, 'user', 92.5, 8325, 'CON-2'),
    ('acme', 3, 'recurring.premier_care', 'Premier care', 1, 'item', 250, 250, 'CON-15'),
    ('acme', 4, 'resource.ivr_minutes', 'IVR minutes', 396190, 'minutes', 0.0075, 2971.43, 'RES-4'),
    ('acme', 5, 'telco.outbound.domestic', 'Outbound Calling Service - Domestic', 10595.1, 'minute', null, 126.08, 'VOX-6'),
    ('acme', 6, 'tax.sales_tax', 'State sales tax', 5017.28, 'currency', 0.0625, 313.51, 'TAX-1'),
    ('held', 1, 'licence.cx1.on_demand', 'Genesys Cloud CX 1 User', 12, 'user', 75, 900, 'CON-1'),
    ('hoshi', 1, 'licence.cx2.committed', 'Genesys Cloud CX 2 Hourly', 6001.19, 'hour', 180, 1080214, 'CON-5'),
    ('partner', 1, 'licence.cx2.on_demand', 'Genesys Cloud CX 2 User', 4, 'user', null, null, 'CON-1'),
    ('open', 1, 'licence.cx1.on_demand', 'Genesys Cloud CX 1 User', 4, 'user', 80.375, 321.5, 'CON-1')
) as lines (org, number, code, title, quantity, unit, rate, amount, rule);

create table marts.line_evidence as
select
    org, invoice_month, line_id, kind as evidence,
    place + case kind when 'user' then 0 else 100 end as evidence_number,
    case kind
        when 'user' then 'landing/' || org || '/billable_usage/users ' || place % 7 || ' & co.csv'
        when 'commitment' then 'contracts/' || org || '.yml'
    end as path
from marts.invoice_lines
cross join (values ('user'), ('commitment'), ('rounding')) as kinds (kind)
cross join range(1, 13) as places (place)
where kind = 'user' or place = 1;

create table marts.reconciliation as
select
    org, date '2026-03-01' as invoice_month, date '2026-03-01' as period_start,
    date '2026-03-01' as service_start, key as charge_key, description as vendor_description,
    nearest::varchar[] as nearest_descriptions,
    oq::decimal(18, 6) as expected_quantity, vq::decimal(18, 6) as vendor_quantity,
    oa::decimal(18, 2) as expected_amount, va::decimal(18, 6) as vendor_amount,
    variance::decimal(18, 6) as amount_variance, status
from (values
    ('acme', 'licence.cx2.on_demand', 'Genesys Cloud CX 2 User', [], 5, 8, 575, 920, 345, 'quantity_variance'),
    ('acme', 'licence.cx2.prepay', 'Genesys Cloud CX 2 User - Prepay', [], 90, 90, 8325, 8325, 0, 'matched'),
    ('acme', 'recurring.premier_care', null, [], 1, null, 250, null, -250, 'missing_from_vendor'),
    ('acme', 'resource.ivr_minutes', 'IVR Overage', [], 396190, 422857, 2971.43, 3171.43, 200, 'quantity_variance'),
    ('acme', 'telco.outbound.domestic', 'Outbound Calling Service - U.S.', [], 10595.1, 11000.3, 126.08, 130.90, 4.82, 'amount_variance'),
    ('acme', 'unmapped.fax_line', 'Fax <b>Line</b>', ['DID Line', 'Fast Lane'], null, 1, null, 325, 325, 'unexpected_from_vendor'),
    ('acme', 'tax.sales_tax', 'State sales tax', [], 5017.28, 5362.28, 313.51, 335.19, 21.68, 'amount_variance'),
    ('held', 'licence.cx1.on_demand', 'Genesys Cloud CX 1 User', [], 12, 13, 900, 1000, 100, 'amount_variance'),
    ('partner', 'licence.cx2.on_demand', 'Genesys Cloud CX 2 User', [], 4, 4, null, 410, null, 'not_comparable')
) as rows (org, key, description, nearest, oq, vq, oa, va, variance, status);

create table marts.reconciliation_causes as
select
    org, date '2026-03-01' as invoice_month, date '2026-03-01' as period_start, key as charge_key,
    cause,
    amount::decimal(18, 6) as amount, detail
from (values
    ('acme', 'licence.cx2.on_demand', 'user_count', 345, '3 users more than logged in'),
    ('acme', 'recurring.premier_care', 'missing_line', -250, 'Premier care is not on the vendor''s invoice'),
    ('acme', 'resource.ivr_minutes', 'allowance_base', 200, 'the pool is of 85 used licences instead of 95'),
    ('acme', 'telco.outbound.domestic', 'duplicate_calls', 4.82, '37 calls of 2026-03-14 are billed again'),
    ('acme', 'unmapped.fax_line', 'extra_line', 325, '<img src=x onerror=alert(2)> is nothing of ours'),
    ('acme', 'tax.sales_tax', 'tax', 21.56, '6.25 % of the amounts above'),
    ('acme', 'tax.sales_tax', 'unexplained', 0.12, null),
    ('held', 'licence.cx1.on_demand', 'unexplained', 100, null)
) as causes (org, key, cause, amount, detail);

create table marts.decision_steps as
with

parts as (

    select org, 1 as place, 'ours' as step, null as cause, expected_total as amount
    from marts.decisions
    where invoice_month = date '2026-03-01' and vendor_total is not null
    union all
    select org, 2, 'cause', cause, sum(amount) from marts.reconciliation_causes group by org, cause

),

ordered as (

    select *, row_number() over (partition by org order by place, abs(amount) desc) as step_number
    from parts

),

climbed as (

    select *, sum(amount) over (partition by org order by step_number) as to_amount from ordered

)

select
    org, date '2026-03-01' as invoice_month, step_number, step, cause, 1::bigint as charges,
    amount::decimal(18, 6) as amount, (to_amount - amount)::decimal(18, 6) as from_amount,
    to_amount::decimal(18, 6) as to_amount
from climbed
where to_amount is not null
union all
select
    org, date '2026-03-01', max(step_number) + 1, 'vendor', null, 0,
    max_by(to_amount, step_number), 0, max_by(to_amount, step_number)
from climbed
where to_amount is not null
group by org;

create table marts.licence_usage as
select
    org, date '2026-03-01' as invoice_month, 'licence' as item_kind, licence, unit,
    actual::decimal(18, 6) as actual, actual::decimal(18, 6) as actual_low,
    high::decimal(18, 6) as actual_high, committed::decimal(18, 6) as committed,
    greatest(actual - committed, 0)::decimal(18, 6) as on_demand
from (values
    ('acme', 'cx2', 'user', 95, 95, 90), ('acme', 'communicate', 'user', 21, 21, 30),
    ('acme', 'wem', 'user', 12, 12, 0), ('held', 'cx1', 'user', 12, 12, 0),
    ('hoshi', 'cx2', 'hour', 5639, 5639, 6001.19), ('open', 'cx1', 'user', 4, 4, 10), ('partner', 'cx2', 'user', 4, 6, 0)
) as usage (org, licence, unit, actual, high, committed);

create table marts.resource_overages as
select
    'acme' as org, date '2026-03-01' as invoice_month, resource, unit,
    allowance::decimal(18, 6) as allowance, used::decimal(18, 6) as used,
    greatest(used - allowance, 0)::decimal(18, 6) as overage
from (values
    ('ivr_minutes', 'minutes', 240000, 636190), ('storage_gb', 'GB', 2375, 1410.5),
    ('sms_segments', 'segments', 0, 3066)
) as resources (resource, unit, allowance, used);

create table marts.usage_daily as
select
    'acme' as org, date '2026-03-01' as invoice_month, date '2026-03-01' as period_start,
    (date '2026-03-01' + day::integer) as usage_date, measure, title, unit,
    (case when dayofweek(date '2026-03-01' + day::integer) in (0, 6) then low else high end
    + (day * 7919) % 41)::decimal(18, 6) as quantity
from range(31) as days (day)
cross join (values
    ('calls', 'Calls', 'call', 60, 310), ('resource.ivr_minutes', 'IVR minutes', 'minutes', 4700, 23500)
) as measures (measure, title, unit, low, high)
where day <> 17;

create table ops.check_results as
select
    'held' as org, date '2026-03-01' as invoice_month, check_name, 'error' as severity,
    false as passed, detail
from (values
    ('rejected_rows', '1 damaged file(s): landing/held/devices/d.csv line 7. Replace it, or accept it.'),
    ('unknown_app', 'appfoundry_usage: <Odd App> is not in the contract. Add the part.')
) as checks (check_name, detail);
