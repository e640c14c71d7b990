-- Grain: one row per organization and invoice month of the run.
-- Invariant: A variance is the vendor's figure minus ours, and a row that is matched to the last
-- digit has none. REC-3: what is disputed is the variance.
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

examined as (

    select
        reconciliation.org,
        reconciliation.invoice_month,
        reconciliation.charge_key || ' of ' || reconciliation.service_start as subject,
        reconciliation.quantity_variance
        = coalesce(reconciliation.vendor_quantity, 0)
        - coalesce(reconciliation.expected_quantity, 0)
        and coalesce(
            reconciliation.amount_variance
            = coalesce(reconciliation.vendor_amount, 0)
            - coalesce(reconciliation.expected_amount, 0),
            reconciliation.expected_lines > 0
            and reconciliation.expected_amount is null
        )
        and case reconciliation.status
            when 'missing_from_vendor'
                then reconciliation.vendor_lines = 0 and reconciliation.expected_lines > 0
            when 'unexpected_from_vendor'
                then reconciliation.vendor_lines > 0 and reconciliation.expected_lines = 0
            when 'not_comparable' then reconciliation.expected_amount is null
            when 'matched' then reconciliation.amount_variance is not null
            else reconciliation.vendor_lines > 0 and reconciliation.expected_lines > 0
        end as holds
    from reconciliation
    inner join scope
        on
            reconciliation.org = scope.org
            and reconciliation.invoice_month = scope.invoice_month

)

{{ every_row_holds('vendor.a_variance_is_the_vendors_less_ours') }}
