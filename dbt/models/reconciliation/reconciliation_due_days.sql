-- Grain: one row per organization and period of the run with calls to count again.
-- What a day's calls came to is kept from run to run, so that a late day costs a day. Found
-- from the ledger alone, not as the rules find the days that they rate: a day that they forget is
-- counted here, and differs. Of a whole period a day more on either side: so a call beside its
-- window is seen, and one that is rated for a period far off is missed, and differs as well.
-- Guarantees: a call starts when the one that it replaces does (VOX-10), so the days of the new
-- files are all that changed, unless contract or reference did, or the period is not kept.
{{ config(materialized='table') }}
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

kept_months as (

    select * from {{ ref('stg_ops__kept_months') }}

),

changed_orgs as (

    select org
    from {{ ref('stg_ops__changed_orgs') }}
    group by org

),

new_files as (

    select
        org,
        min(first_at)::date as first_date,
        max(last_at)::date as last_date
    from {{ ref('stg_ops__files') }}
    where
        is_new
        and report = 'voice_usage'
    group by org

)

select
    scope.org,
    scope.period_start,
    kept_months.org is null or changed_orgs.org is not null as is_whole,
    case
        when is_whole then scope.voice_from - interval 1 day
        else new_files.first_date::timestamp
    end as due_from,
    case
        when is_whole then scope.voice_to + interval 1 day
        else new_files.last_date::timestamp + interval 1 day
    end as due_to
from scope
left join kept_months
    on
        scope.org = kept_months.org
        and scope.invoice_month = kept_months.invoice_month
left join changed_orgs
    on scope.org = changed_orgs.org
left join new_files
    on
        scope.org = new_files.org
        and scope.voice_from < new_files.last_date + interval 1 day
        and scope.voice_to > new_files.first_date
where
    scope.period_start is not null
    and (is_whole or new_files.org is not null)
