-- Grain: one row per organization and period in which the vendor's own overage differs. Warning of
-- RES-4: the gross rows decide, the net rows of the same resource are only compared.
with

overages as (

    select * from {{ ref('int_resources__overages') }}

)

select
    org,
    period_start,
    'The vendor''s own overage in resources_usage is not the one that is billed: '
    || {{ listed_names(
        "resource || ' (net ' || " ~ plain_number('net_overage')
        ~ " || ', billed ' || " ~ plain_number('overage') ~ " || ')'"
    ) }}
    || '. Compare the allowance and the reported days with the vendor''s.' as detail
from overages
where
    is_charged
    and basis = 'gross'
    and net_overage <> overage
group by org, period_start
