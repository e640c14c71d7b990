-- Grain: one row per organization and invoice month of the run.
-- Invariant: An issued invoice and its lines are what the book says. (INV-3: it never changes)
with

scope as (

    select * from {{ ref('reconciliation_scope') }}

),

invoices as (

    select * from {{ ref('invoices') }}

),

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

),

issued_invoices as (

    select * from {{ ref('stg_ops__issued_invoices') }}

),

issued_lines as (

    select * from {{ ref('stg_ops__issued_lines') }}

),

shown_lines as (

    select invoice_lines.*
    from invoice_lines
    inner join issued_invoices
        on invoice_lines.invoice_id = issued_invoices.invoice_id

),

differing as (

    select
        coalesce(issued_lines.invoice_id, shown_lines.invoice_id) as invoice_id,
        count(*) filter (
            where
            issued_lines.line_number is distinct from shown_lines.line_number
            or issued_lines.section is distinct from shown_lines.section
            or issued_lines.charge_code is distinct from shown_lines.charge_code
            or issued_lines.service_start is distinct from shown_lines.service_start
            or issued_lines.service_end is distinct from shown_lines.service_end
            or issued_lines.quantity is distinct from shown_lines.quantity
            or issued_lines.rate is distinct from shown_lines.rate
            or issued_lines.amount is distinct from shown_lines.amount
        ) as lines
    from issued_lines
    full outer join shown_lines
        on issued_lines.line_id = shown_lines.line_id
    group by coalesce(issued_lines.invoice_id, shown_lines.invoice_id)

),

examined as (

    select
        issued_invoices.org,
        issued_invoices.invoice_month,
        issued_invoices.invoice_number as subject,
        invoices.status = 'issued'
        and invoices.invoice_number = issued_invoices.invoice_number
        and invoices.invoice_date = issued_invoices.invoice_date
        and invoices.due_date = issued_invoices.due_date
        and invoices.currency = issued_invoices.currency
        and invoices.subtotal = issued_invoices.subtotal
        and invoices.tax = issued_invoices.tax
        and invoices.total = issued_invoices.total
        and differing.lines = 0 as holds
    from issued_invoices
    inner join scope
        on
            issued_invoices.org = scope.org
            and issued_invoices.invoice_month = scope.invoice_month
    left join invoices
        on issued_invoices.invoice_id = invoices.invoice_id
    left join differing
        on issued_invoices.invoice_id = differing.invoice_id

)

{{ every_row_holds('invoicing.issued_is_as_the_book_has_it') }}
