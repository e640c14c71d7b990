-- Grain: one row per organization, period and base licence that the contract in force lists.
-- Supports the LIC and CON rules: what the catalogue says of the licence, and the licence model
-- under which it is counted: a licence that is not CX is named in every contract (LIC-6).
with

scope as (

    select * from {{ ref('int_periods__scope') }}

),

contracted as (

    select * from {{ ref('stg_contracts__licences') }}

),

licences as (

    select * from {{ ref('stg_catalogue__licences') }}

)

select
    scope.org,
    scope.period_start,
    contracted.licence,
    licences.tier,
    licences.is_cx,
    case when licences.is_cx then scope.licence_model else 'named' end as licence_model,
    contracted.committed
from scope
inner join contracted
    on
        scope.org = contracted.org
        and scope.contract_version = contracted.version
inner join licences
    on
        contracted.licence = licences.licence
        and scope.period_start >= licences.effective_from
        and scope.period_start < licences.effective_until
