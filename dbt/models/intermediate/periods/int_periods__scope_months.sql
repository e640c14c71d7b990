-- Grain: one row per organization and invoice month that this run computes; all else stays as is.
-- The months asked for, the months computed before that new files, an accepted file, a changed
-- contract or changed reference rows touch (design: set-based over a scope, history stays), and the
-- issued months of an organization asked for that this working file has not computed yet (INV-3).
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
        coalesce(
            bool_or(files.status = 'rejected' or files.rows_rejected > 0) over (
                partition by files.org, files.report, files.path
                order by files.received_rank
                rows between unbounded preceding and 1 preceding
            ),
            false
        ) as is_replacement
    from {{ ref('stg_ops__files') }} as files
    qualify files.is_new

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

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
            new_files.first_at
            < greatest(periods.ends_at, periods.voice_to) + interval 1 day
            -- the vendor's invoice of a period may show nothing but the next one's prepay
            + case
                when new_files.report = 'vendor_invoice' then interval 1 month else interval 0 day
            end
            and new_files.last_at >= least(periods.starts_at, periods.voice_from) - interval 1 day
        )

)

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
