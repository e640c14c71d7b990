-- Grain: one row per description and effective_from.
{{ extended_by_reference(
    'vendor_descriptions',
    key=['description'],
    columns=[
        'description',
        'charge_prefix',
        'effective_from',
    ],
) }}
