-- Grain: one row per invoice that carries adjustments and check that fails where they come from.
-- Supports INV-4 for issued periods: they cannot be held any more, so a blocking check that fails
-- in one now holds the invoice that would carry its adjustments, with the reason.
-- Guarantees: a damaged file (rejected_rows) holds only if it makes a difference: by itself it
-- holds unissued periods alone (CHK). What was issued in another currency than the carrier's holds.
-- Forbids: an adjustment that slips out while what it is made of is in doubt.
with

failures as (

    select * from {{ ref('int_invoicing__check_failures') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

carriers as (

    select * from {{ ref('int_invoicing__carriers') }}

),

adjustments as (

    select * from {{ ref('int_invoicing__adjustments') }}

),

candidates as (

    select * from {{ ref('int_invoicing__candidates') }}

),

adjusted_invoices as (

    select adjusted_invoice_id
    from adjustments
    group by adjusted_invoice_id

),

found as (

    select
        carriers.carrier_id,
        failures.check_name,
        'issued period from ' || failures.period_start || ': ' || failures.detail as detail
    from failures
    inner join issued_invoices
        on
            failures.org = issued_invoices.org
            and failures.period_start = issued_invoices.period_start
            and issued_invoices.invoice_kind = 'period'
    inner join carriers
        on issued_invoices.invoice_id = carriers.invoice_id
    left join adjusted_invoices
        on issued_invoices.invoice_id = adjusted_invoices.adjusted_invoice_id
    where
        failures.severity = 'error'
        and (
            failures.check_name <> 'rejected_rows'
            or adjusted_invoices.adjusted_invoice_id is not null
        )
    union all
    select
        adjustments.invoice_id as carrier_id,
        'currency_mismatch' as check_name,
        adjustments.adjusted_invoice_id || ' differs in ' || adjustments.currency
        || ', but this invoice is in ' || candidates.currency
        || '. An issued invoice keeps its currency: undo the edit of the contract.' as detail
    from adjustments
    inner join candidates
        on adjustments.invoice_id = candidates.invoice_id
    where adjustments.currency <> candidates.currency
    group by
        adjustments.invoice_id,
        adjustments.adjusted_invoice_id,
        adjustments.currency,
        candidates.currency

)

select
    candidates.invoice_id,
    candidates.org,
    candidates.period_start,
    found.check_name,
    'error' as severity,
    string_agg(found.detail, '; ' order by found.detail) as detail
from found
inner join candidates
    on found.carrier_id = candidates.invoice_id
group by
    candidates.invoice_id,
    candidates.org,
    candidates.period_start,
    found.check_name
