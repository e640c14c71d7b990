-- Grain: one row per organization and stretch of days that one contract version decides for orders.
-- Supports CON-9, CON-14, TAX-1: order lines and their taxes read the contract in force in the
-- period that contains their date, and before period 0 the file's base.
-- Guarantees: the stretches of an organization cover every day up to the run's horizon once.
with

organizations as (

    select * from {{ ref('stg_contracts__organizations') }}

),

periods as (

    select * from {{ ref('int_periods__billing_periods') }}

)

select
    org,
    '-infinity'::date as from_date,
    effective_date as until_date,
    0 as contract_version
from organizations
union all
select
    org,
    period_start as from_date,
    next_period_start as until_date,
    contract_version
from periods
