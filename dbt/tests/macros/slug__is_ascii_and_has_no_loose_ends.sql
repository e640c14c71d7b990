-- Fails with the names whose slug or comparison key is not the one of outputs.md.
with

cases (name, expected_slug, expected_key) as (

    values
    ('Polycom VVX 350', 'polycom_vvx_350', 'polycom vvx 350'),
    ('  Edge -- Mini  ', 'edge_mini', 'edge -- mini'),
    ('Minutes/Month', 'minutes_month', 'minutes/month'),
    ('Café 2', 'caf_2', 'café 2'),
    ('Phone' || chr(9) || ' A', 'phone_a', 'phone a')

)

select
    name,
    {{ slug('name') }} as actual_slug,
    {{ name_key('name') }} as actual_key
from cases
where
    {{ slug('name') }} <> expected_slug
    or {{ name_key('name') }} <> expected_key
