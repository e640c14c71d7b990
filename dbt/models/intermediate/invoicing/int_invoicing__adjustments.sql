-- Grain: one row per charge code and service period whose amount differs from what was issued.
-- Rule: INV-3 (each charge code whose amount differs gets one line, `….adjustment`, on the next
-- invoice, once: quantity and amount are the differences to what was issued for that charge code
-- and service period, earlier adjustments included; rate the common rate or null; section and
-- service period the old line's; taxes on their own).
-- Guarantees: computed = issued + issued adjustments + this. So a repeat gives the same lines, and
-- once they are issued themselves there are none. A charge that moves from one issued invoice to
-- another is no difference. An amount that is not priced counts as nothing, as in every total.
-- Forbids: an adjustment of what only a newer product computes otherwise (is_frozen); comparing an
-- invoice whose month this working file has not computed yet.
with

scope_months as (

    select * from {{ ref('int_periods__scope_months') }}

),

scope_orgs as (

    select org
    from scope_months
    group by org

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

issued_lines as (

    select * from {{ ref('stg_ops__issued_lines') }}

),

computed_lines as (

    select * from {{ ref('computed_lines') }}

),

carriers as (

    select * from {{ ref('int_invoicing__carriers') }}

),

compared_invoices as (

    -- the issued invoices of the organizations that this run computes, as far as it can compare
    select
        issued_invoices.invoice_id,
        issued_invoices.invoice_date,
        issued_invoices.is_frozen
    from issued_invoices
    left join scope_months
        on
            issued_invoices.org = scope_months.org
            and issued_invoices.invoice_month = scope_months.invoice_month
    inner join scope_orgs
        on issued_invoices.org = scope_orgs.org
    where not issued_invoices.is_new or scope_months.org is not null

),

compared_lines as (

    select
        computed_lines.org,
        computed_lines.invoice_id,
        computed_lines.charge_code,
        computed_lines.service_start,
        computed_lines.service_end,
        computed_lines.currency,
        computed_lines.section,
        computed_lines.description,
        computed_lines.unit,
        computed_lines.rate,
        computed_lines.quantity,
        computed_lines.amount,
        true as is_computed,
        false as is_adjustment
    from computed_lines
    union all
    select
        issued_lines.org,
        coalesce(issued_lines.adjusted_invoice_id, issued_lines.invoice_id) as invoice_id,
        case
            when issued_lines.adjusted_invoice_id is null then issued_lines.charge_code
            else regexp_replace(issued_lines.charge_code, '[.]adjustment$', '')
        end as charge_code,
        issued_lines.service_start,
        issued_lines.service_end,
        issued_lines.currency,
        issued_lines.section,
        issued_lines.description,
        issued_lines.unit,
        issued_lines.rate,
        -issued_lines.quantity as quantity,
        -issued_lines.amount as amount,
        false as is_computed,
        issued_lines.adjusted_invoice_id is not null as is_adjustment
    from issued_lines

),

differences as (

    select
        compared_lines.org,
        compared_lines.charge_code,
        compared_lines.service_start,
        compared_lines.service_end,
        compared_lines.currency,
        max_by(compared_lines.invoice_id, compared_invoices.invoice_date) as adjusted_invoice_id,
        -- the old line's, if there is one
        coalesce(
            max(compared_lines.section) filter (where not compared_lines.is_computed),
            max(compared_lines.section)
        ) as section,
        coalesce(
            max(compared_lines.description) filter (
                where not (compared_lines.is_computed or compared_lines.is_adjustment)
            ),
            max(compared_lines.description) filter (where not compared_lines.is_adjustment)
        ) as description,
        max(compared_lines.unit) as unit,
        case
            when
                count(*) filter (
                    where compared_lines.rate is null and not compared_lines.is_adjustment
                ) = 0
                and count(distinct compared_lines.rate) filter (
                    where not compared_lines.is_adjustment
                ) = 1
                then max(compared_lines.rate) filter (where not compared_lines.is_adjustment)
        end as rate,
        sum(compared_lines.quantity) as quantity,
        sum(compared_lines.amount) as amount
    from compared_lines
    inner join compared_invoices
        on compared_lines.invoice_id = compared_invoices.invoice_id
    group by
        compared_lines.org,
        compared_lines.charge_code,
        compared_lines.service_start,
        compared_lines.service_end,
        compared_lines.currency
    having sum(compared_lines.amount) <> 0 and not bool_or(compared_invoices.is_frozen)

)

select
    differences.org,
    carriers.carrier_month as invoice_month,
    carriers.carrier_kind as invoice_kind,
    carriers.carrier_key as invoice_key,
    carriers.carrier_id as invoice_id,
    differences.adjusted_invoice_id,
    differences.section,
    differences.charge_code || '.adjustment' as charge_code,
    'Adjustment: ' || coalesce(differences.description, differences.charge_code) as description,
    differences.service_start,
    differences.service_end,
    differences.quantity::decimal(18, 6) as quantity,
    differences.unit,
    differences.rate,
    differences.amount::decimal(18, 2) as amount,
    differences.currency,
    false as is_unpriced,
    'INV-3' as rule_id
from differences
inner join carriers
    on differences.adjusted_invoice_id = carriers.invoice_id
