-- Grain: one row per issued invoice that a later invoice can still adjust.
-- Supports INV-3: an adjustment is carried by the next invoice: that of the first later period in
-- force that is not issued, computed or not; after the last period by a correction invoice, which
-- has the last period's month.
-- Guarantees: what carries an adjustment does not depend on which months were computed when.
-- Forbids: an issued invoice as a carrier.
with

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

waiting_periods as (

    select
        periods.org,
        periods.org || '-' || strftime(periods.invoice_month, '%Y-%m') as invoice_id,
        periods.period_start,
        periods.invoice_month,
        periods.next_period_start as invoice_date
    from periods
    left join issued_invoices
        on
            periods.org || '-' || strftime(periods.invoice_month, '%Y-%m')
            = issued_invoices.invoice_id
    where
        periods.is_in_force
        and issued_invoices.invoice_id is null

),

next_periods as (

    select
        issued_invoices.invoice_id,
        min_by(waiting_periods.invoice_id, waiting_periods.invoice_date) as carrier_id,
        min_by(waiting_periods.period_start, waiting_periods.invoice_date) as carrier_key,
        min_by(waiting_periods.invoice_month, waiting_periods.invoice_date) as carrier_month
    from issued_invoices
    inner join waiting_periods
        on
            issued_invoices.org = waiting_periods.org
            and issued_invoices.invoice_date < waiting_periods.invoice_date
    group by issued_invoices.invoice_id

),

ended as (

    select
        org,
        max(period_start) filter (where is_in_force) as period_start,
        max(invoice_month) filter (where is_in_force) as invoice_month
    from periods
    group by org
    having not bool_and(is_in_force)

),

corrections as (

    select
        org,
        count(*) as issued_corrections
    from issued_invoices
    where invoice_kind = 'correction'
    group by org

)

select
    issued_invoices.invoice_id,
    issued_invoices.org,
    issued_invoices.invoice_month,
    coalesce(
        next_periods.carrier_id,
        ended.org || '-correction-' || (coalesce(corrections.issued_corrections, 0) + 1)
    ) as carrier_id,
    case when next_periods.carrier_id is null then 'correction' else 'period' end as carrier_kind,
    coalesce(next_periods.carrier_key, ended.period_start) as carrier_key,
    coalesce(next_periods.carrier_month, ended.invoice_month) as carrier_month
from issued_invoices
left join next_periods
    on issued_invoices.invoice_id = next_periods.invoice_id
left join ended
    on issued_invoices.org = ended.org
left join corrections
    on issued_invoices.org = corrections.org
where next_periods.carrier_id is not null or ended.period_start is not null
