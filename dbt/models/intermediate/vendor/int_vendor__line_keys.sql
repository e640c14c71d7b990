-- Grain: one row per line of ours of an invoice that the vendor has invoiced.
-- Supports REC-1: each is compared under the most specific of the vendor's prefixes that fit its
-- charge code and service period start, else under its own charge code.
-- Guarantees: every line of ours in exactly one key; an invoice is compared once a vendor's line is
-- placed with it, before that nothing of it is missing.
-- Forbids: a line of ours compared twice.
with

mapped_lines as (

    select * from {{ ref('int_vendor__mapped_lines') }}

),

our_invoices as (

    select * from {{ ref('int_vendor__our_invoices') }}

),

invoice_lines as (

    select * from {{ ref('invoice_lines') }}

),

telco_charges as (

    select * from {{ ref('telco_charges') }}

),

currencies as (

    select * from {{ ref('stg_catalogue__currencies') }}

),

compared as (

    select distinct
        our_invoices.org,
        our_invoices.group_id,
        our_invoices.invoice_id,
        our_invoices.invoice_month,
        our_invoices.period_start
    from our_invoices
    inner join mapped_lines
        on our_invoices.group_id = mapped_lines.group_id

),

prefixes as (

    select distinct
        group_id,
        service_start,
        charge_key,
        len(charge_prefixes) as breadth,
        unnest(charge_prefixes) as charge_prefix
    from mapped_lines

),

our_lines as (

    select
        compared.org,
        compared.group_id,
        compared.invoice_month,
        compared.period_start,
        invoice_lines.line_id,
        invoice_lines.charge_code,
        invoice_lines.description,
        invoice_lines.service_start,
        invoice_lines.quantity,
        invoice_lines.rate,
        invoice_lines.amount,
        invoice_lines.currency
    from compared
    inner join invoice_lines
        on compared.invoice_id = invoice_lines.invoice_id

)

select
    our_lines.org,
    our_lines.invoice_month,
    our_lines.period_start,
    our_lines.group_id,
    our_lines.service_start,
    coalesce(prefixes.charge_key, our_lines.charge_code) as charge_key,
    our_lines.line_id,
    our_lines.charge_code,
    our_lines.description,
    our_lines.quantity,
    our_lines.rate,
    our_lines.amount,
    -- REC-2 looks at the calls' own costs, before the line was rounded; an issued line keeps its
    -- amount while later files change the calls
    case
        when
            {{ round_money('telco_charges.billed_cost', 'currencies.minor_units') }}
            = our_lines.amount
            then telco_charges.billed_cost
        else our_lines.amount
    end::decimal(38, 6) as exact_amount,
    our_lines.currency
from our_lines
left join prefixes
    on
        our_lines.group_id = prefixes.group_id
        and our_lines.service_start = prefixes.service_start
        and starts_with(our_lines.charge_code || '.', prefixes.charge_prefix || '.')
left join telco_charges
    on
        our_lines.org = telco_charges.org
        and our_lines.service_start = telco_charges.period_start
        and our_lines.charge_code = 'telco.' || telco_charges.service || '.' || telco_charges.market
        and our_lines.currency = telco_charges.currency
left join currencies
    on
        our_lines.currency = currencies.currency
        and our_lines.service_start >= currencies.effective_from
        and our_lines.service_start < currencies.effective_until
qualify
    row_number() over (
        partition by our_lines.line_id
        order by
            length(prefixes.charge_prefix) desc nulls last,
            prefixes.breadth,
            prefixes.charge_key asc
    ) = 1
