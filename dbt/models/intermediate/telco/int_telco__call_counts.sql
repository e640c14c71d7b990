-- Grain: one row per organization and period of the scope with calls in a service line.
-- Supports TAX-2 (basis `calls`): the calls in the quantities of all service lines.
{{ config(materialized='view') }}
with

totals as (

    select * from {{ ref('int_telco__call_totals') }}

)

select
    org,
    period_start,
    sum(calls)::bigint as calls
from totals
where
    is_in_contract_currency
    and service <> 'byoc'
group by
    org,
    period_start
