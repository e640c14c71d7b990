-- Grain: one row per organization and invoice month that this run computes; all else stays as is.
-- The months asked for, the months computed before that new files, an accepted file, a changed
-- contract or changed reference rows touch (design: set-based over a scope, history stays), and the
-- issued months of an organization asked for that this working file has not computed yet (INV-3).
-- Forbids: a month whose rows were pruned: half of its usage would look like a change of it.
with

requests as (

    select * from {{ ref('stg_ops__run_requests') }}

),

billed_months as (

    select * from {{ ref('stg_ops__billed_months') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

changed_orgs as (

    select * from {{ ref('stg_ops__changed_orgs') }}

),

new_files as (

    -- a file that takes a damaged one's place lifts its hold, in whatever months that was
    select
        files.*,
        bool_or(files.status = 'rejected' or files.rows_rejected > 0) over (
            partition by files.org, files.report, files.path
            order by files.received_rank
            rows between unbounded preceding and 1 preceding
        ) as is_replacement
    from {{ ref('stg_ops__files') }} as files
    qualify files.is_new

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

),

vendor_invoices as (

    select
        lines.org,
        lines.invoice_number_key,
        min(least(lines.service_start, lines.invoice_date)) as first_date,
        max(greatest(lines.service_end, lines.invoice_date)) as last_date
    from {{ ref('stg_genesys__vendor_invoice') }} as lines
    left join new_files
        on lines.file_id = new_files.file_id
    group by lines.org, lines.invoice_number_key
    having count(new_files.file_id) > 0

),

touched_by_files as (

    select
        billed_months.org,
        billed_months.invoice_month
    from billed_months
    inner join new_files
        on billed_months.org = new_files.org
    left join periods
        on
            billed_months.org = periods.org
            and billed_months.invoice_month = periods.invoice_month
    where
        -- a file that holds everything, or whose rows carry no time, touches every month; a day of
        -- slack covers dates, which are read without a zone
        new_files.status = 'rejected'
        or new_files.is_replacement
        or new_files.report = 'org_users'
        or (
            new_files.first_at < greatest(periods.ends_at, periods.voice_to) + interval 1 day
            and new_files.last_at >= least(periods.starts_at, periods.voice_from) - interval 1 day
        )

),

touched_by_vendor_invoices as (

    -- all that an invoice of the vendor's reaches, of which a new file has a line: it may show
    -- nothing but the next period's prepay, or correct one line of many
    select
        billed_months.org,
        billed_months.invoice_month
    from billed_months
    inner join periods
        on
            billed_months.org = periods.org
            and billed_months.invoice_month = periods.invoice_month
    inner join vendor_invoices
        on
            periods.org = vendor_invoices.org
            and periods.next_period_start >= vendor_invoices.first_date
            and periods.period_start <= vendor_invoices.last_date

),

carriers as (

    select * from {{ ref('int_invoicing__carriers') }}

),

pruned_months as (

    select * from {{ ref('stg_ops__pruned_months') }}

),

touched as (

    select
        org,
        invoice_month
    from requests
    union
    select
        billed_months.org,
        billed_months.invoice_month
    from billed_months
    inner join changed_orgs
        on billed_months.org = changed_orgs.org
    union
    select
        org,
        invoice_month
    from touched_by_files
    union
    select
        issued_invoices.org,
        issued_invoices.invoice_month
    from issued_invoices
    inner join requests
        on issued_invoices.org = requests.org
    where issued_invoices.is_new
    union
    select
        org,
        invoice_month
    from touched_by_vendor_invoices

),

computed as (

    select
        org,
        invoice_month
    from touched
    union
    -- a changed issued month changes the invoice that carries its adjustments
    select
        carriers.org,
        carriers.carrier_month as invoice_month
    from touched
    inner join carriers
        on
            touched.org = carriers.org
            and touched.invoice_month = carriers.invoice_month
    inner join billed_months
        on
            carriers.org = billed_months.org
            and carriers.carrier_month = billed_months.invoice_month

)

select
    computed.org,
    computed.invoice_month
from computed
anti join pruned_months
    on
        computed.org = pruned_months.org
        and computed.invoice_month = pruned_months.invoice_month
