-- Grain: one row per line of a vendor's invoice in effect.
-- Supports REC-1: which of our invoices a vendor's invoice is of. Vendors date invoices on the last
-- day of a period, the next day or later, so the lines decide: the invoice of ours that most of
-- them match (service period start and prefix), of several the latest. A line that matches none of
-- that invoice but one of an order of ours belongs to the order.
-- Guarantees: every line is placed, also of a period that we have no invoice for (by its dates).
-- Forbids: an invoice torn apart over two periods.
with

vendor_lines as (

    select * from {{ ref('int_vendor__line_meanings') }}

),

our_invoices as (

    select * from {{ ref('int_vendor__our_invoices') }}

),

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

),

prefixed as (

    select
        org,
        vendor_invoice_number,
        file_id,
        line_number,
        service_start,
        unnest(charge_prefixes) as charge_prefix
    from vendor_lines

),

matches as (

    select distinct
        prefixed.org,
        prefixed.vendor_invoice_number,
        prefixed.file_id,
        prefixed.line_number,
        our_invoices.group_id,
        our_invoices.invoice_kind,
        our_invoices.period_start
    from prefixed
    inner join invoice_lines
        on
            prefixed.org = invoice_lines.org
            and prefixed.service_start = invoice_lines.service_start
            and starts_with(invoice_lines.charge_code || '.', prefixed.charge_prefix || '.')
    inner join our_invoices
        on invoice_lines.invoice_id = our_invoices.invoice_id

),

counted as (

    select
        org,
        vendor_invoice_number,
        group_id,
        count(*) as matched_lines,
        row_number() over (
            partition by org, vendor_invoice_number
            order by count(*) desc, min(period_start) desc, group_id desc
        ) as place
    from matches
    group by org, vendor_invoice_number, group_id

),

invoices as (

    select
        org,
        vendor_invoice_number,
        min(invoice_date) as invoice_date,
        max(service_end) as last_date,
        count(*) as lines
    from vendor_lines
    group by org, vendor_invoice_number

),

by_date as (

    -- what the dates alone say: the latest period over by then that begins before the services end
    -- (the latest that these touch, for periods meet), else the latest one over, else the first
    select
        invoices.org,
        invoices.vendor_invoice_number,
        our_invoices.group_id,
        our_invoices.invoice_id is not null as is_billed
    from invoices
    inner join our_invoices
        on
            invoices.org = our_invoices.org
            and our_invoices.invoice_kind = 'period'
    qualify
        row_number() over (
            partition by invoices.org, invoices.vendor_invoice_number
            order by
                our_invoices.period_end <= invoices.invoice_date desc,
                our_invoices.period_start <= invoices.last_date desc,
                case
                    when our_invoices.period_end <= invoices.invoice_date
                        then datediff('day', our_invoices.period_start, invoices.invoice_date)
                    else datediff('day', invoices.invoice_date, our_invoices.period_start)
                end
        ) = 1

),

chosen as (

    -- a few lines that happen to match an earlier invoice do not outweigh the dates as long as the
    -- period that these point at has not been billed yet
    select
        invoices.org,
        invoices.vendor_invoice_number,
        case
            when counted.group_id is null then by_date.group_id
            when by_date.is_billed then counted.group_id
            when counted.matched_lines + counted.matched_lines >= invoices.lines
                then counted.group_id
            else coalesce(by_date.group_id, counted.group_id)
        end as group_id
    from invoices
    left join counted
        on
            invoices.org = counted.org
            and invoices.vendor_invoice_number = counted.vendor_invoice_number
            and counted.place = 1
    left join by_date
        on
            invoices.org = by_date.org
            and invoices.vendor_invoice_number = by_date.vendor_invoice_number

),

of_orders as (

    select
        matches.file_id,
        matches.line_number,
        max_by(matches.group_id, matches.period_start)
        filter (where matches.invoice_kind = 'order') as order_group_id,
        bool_or(matches.group_id = chosen.group_id) as is_of_chosen
    from matches
    inner join chosen
        on
            matches.org = chosen.org
            and matches.vendor_invoice_number = chosen.vendor_invoice_number
    group by matches.file_id, matches.line_number

)

select
    vendor_lines.*,
    our_invoices.group_id,
    our_invoices.invoice_id,
    our_invoices.period_start,
    our_invoices.invoice_month,
    our_invoices.currency as expected_currency,
    our_invoices.contract_version
from vendor_lines
inner join chosen
    on
        vendor_lines.org = chosen.org
        and vendor_lines.vendor_invoice_number = chosen.vendor_invoice_number
left join of_orders
    on
        vendor_lines.file_id = of_orders.file_id
        and vendor_lines.line_number = of_orders.line_number
        and not of_orders.is_of_chosen
inner join our_invoices
    on our_invoices.group_id = coalesce(of_orders.order_group_id, chosen.group_id)
