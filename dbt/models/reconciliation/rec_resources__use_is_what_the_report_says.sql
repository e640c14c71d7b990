-- Grain: one row per organization and invoice month of the run.
-- Invariant: The use of a resource whose days add up is the sum of the latest rows of its days.
-- RES-2, counted again from the report: a day sent again replaces, it does not add.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

resource_overages as (

    select * from {{ ref('resource_overages') }}

),

usage as (

    select * from {{ ref('stg_genesys__resources_usage') }}

),

resource_names as (

    select
        {{ name_key('resource_name') }} as resource_name_key,
        resource,
        basis,
        effective_from,
        effective_until
    from {{ ref('stg_catalogue__resource_names') }}

),

summed as (

    select
        resource_overages.org,
        resource_overages.invoice_month,
        resource_overages.period_start,
        resource_overages.resource,
        resource_overages.basis,
        resource_overages.used
    from resource_overages
    inner join scope
        on
            resource_overages.org = scope.org
            and resource_overages.invoice_month = scope.invoice_month
    where resource_overages.combine = 'sum'

),

latest as (

    select
        scope.org,
        scope.invoice_month,
        usage.usage_date,
        usage.resource_name_key,
        arg_max(usage.quantity, (usage.received_rank, usage.line_number)) as quantity
    from scope
    inner join usage
        on
            scope.org = usage.org
            and usage.usage_date between scope.period_start and scope.period_end
    group by scope.org, scope.invoice_month, usage.usage_date, usage.resource_name_key

),

reported as (

    select
        latest.org,
        latest.invoice_month,
        sum(latest.quantity) as used
    from latest
    inner join resource_names
        on
            latest.resource_name_key = resource_names.resource_name_key
            and latest.usage_date >= resource_names.effective_from
            and latest.usage_date < resource_names.effective_until
    inner join summed
        on
            latest.org = summed.org
            and latest.invoice_month = summed.invoice_month
            and resource_names.resource = summed.resource
            and resource_names.basis = summed.basis
    group by latest.org, latest.invoice_month

),

counted as (

    select
        org,
        invoice_month,
        sum(used) as used
    from summed
    group by org, invoice_month

),

figures as (

    select
        scope.org,
        scope.invoice_month,
        coalesce(reported.used, 0) as expected,
        coalesce(counted.used, 0) as actual
    from scope
    left join reported
        on
            scope.org = reported.org
            and scope.invoice_month = reported.invoice_month
    left join counted
        on
            scope.org = counted.org
            and scope.invoice_month = counted.invoice_month

)

{{ figures_agree(
    'resources.use_is_what_the_report_says',
    'latest quantities of the report, and the use in marts.resource_overages'
) }}
