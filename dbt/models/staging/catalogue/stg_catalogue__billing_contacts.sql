-- Grain: one row per region and effective_from.
{{ extended_by_reference(
    'billing_contacts',
    key=['region'],
    columns=[
        'region',
        'name',
        'email',
        'phone',
        'effective_from',
    ],
) }}
