-- Grain: one row per country and effective_from.
{{ extended_by_reference(
    'billing_regions',
    key=['country'],
    columns=[
        'country',
        'region',
        'effective_from',
    ],
) }}
