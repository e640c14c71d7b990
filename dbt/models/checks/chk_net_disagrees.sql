-- Grain: one row per organization and period in which the vendor's own overage differs. Warning of
-- RES-4: the gross rows decide, the net rows of the same resource are only compared.
with

overages as (

    select * from {{ ref('int_resources__overages') }}

)

select
    org,
    period_start,
    'resources_usage: net rows differ from the overage of the gross rows for '
    || {{ first_names(
        "resource || ' (net ' || net_overage || ', billed ' || overage || ')'", 'resource'
    ) }}
    || ', ' || count(*) || ' resource(s) in all; compare allocation and days with the vendor''s'
        as detail
from overages
where
    is_charged
    and basis = 'gross'
    and net_overage <> overage
group by org, period_start
