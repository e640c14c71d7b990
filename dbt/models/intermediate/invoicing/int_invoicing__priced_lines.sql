-- Grain: one row per charge that is a line.
-- Rules: INV-2 (amount = quantity × rate, rounded once), CON-11 (a charge without a rate keeps its
-- quantity; its rate and amount are null, which is not 0), CON-12 (a trial prices nothing).
-- Guarantees: the trial of the charged period decides, so the first paid period's prepay is priced
-- on the last trial invoice; a line with neither quantity nor amount is no line.
-- Forbids: a rate made up where none is agreed; an amount rounded twice.
with

charges as (

    select * from {{ ref('int_invoicing__gated_charges') }}

),

candidates as (

    select * from {{ ref('int_invoicing__candidates') }}

),

versions as (

    select * from {{ ref('stg_contracts__versions') }}

),

rated as (

    select
        charges.* exclude (rate, given_amount),
        candidates.minor_units,
        case when not versions.is_trial then charges.rate end as rate,
        case when not versions.is_trial then charges.given_amount end as given_amount,
        charges.rate is null
        and not charges.is_given_amount
        and versions.channel = 'direct'
        and not versions.is_trial as is_unpriced
    from charges
    inner join candidates
        on
            charges.org = candidates.org
            and charges.invoice_kind = candidates.invoice_kind
            and charges.invoice_key = candidates.invoice_key
    inner join versions
        on
            charges.org = versions.org
            and coalesce(charges.charged_contract_version, candidates.contract_version)
            = versions.version

),

priced as (

    select
        * exclude (given_amount, minor_units),
        case
            when is_given_amount then {{ round_money('given_amount', 'minor_units') }}
            else {{ line_amount('quantity', 'rate', 'minor_units') }}
        end as amount
    from rated

)

select {{ line_columns() | join(', ') }}
from priced
where quantity <> 0 or amount <> 0
