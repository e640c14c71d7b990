-- Grain: one row per organization and invoice month of the run.
-- Invariant: Every loaded row of every report is in the warehouse once. REC-5: a retried load must
-- not double a report, a failed one must not leave half of it.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

files as (

    select * from {{ ref('stg_ops__files') }}

),

loaded as (

    select
        org,
        sum(rows_loaded - rows_pruned) as rows_loaded
    from files
    where
        report in (
            'appfoundry_usage',
            'billable_usage',
            'concurrent_usage',
            'devices',
            'login_sessions',
            'org_users',
            'payments',
            'phone_numbers',
            'resources_usage',
            'user_hours',
            'vendor_invoice'
        )
    group by org

),

rows_by_report as (

    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__appfoundry_usage') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__billable_usage') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__concurrent_usage') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__devices') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__login_sessions') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__org_users') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__payments') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__phone_numbers') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__resources_usage') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__user_hours') }}
    group by org
    union all
    select
        org,
        count(*) as rows_stored
    from {{ ref('stg_genesys__vendor_invoice') }}
    group by org

),

stored as (

    select
        org,
        sum(rows_stored) as rows_stored
    from rows_by_report
    group by org

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        loaded.rows_loaded as expected,
        coalesce(stored.rows_stored, 0) as actual
    from scope
    inner join loaded
        on scope.org = loaded.org
    left join stored
        on scope.org = stored.org

)

{{ figures_agree(
    'conservation.loaded_rows_are_stored',
    'rows loaded by the ledger, and rows of the reports but calls'
) }}
