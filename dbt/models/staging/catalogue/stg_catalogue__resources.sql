-- Grain: one row per resource and effective_from.
{{ extended_by_reference(
    'resources',
    key=['resource'],
    columns=[
        'resource',
        'title',
        'unit',
        'combine',
        'quantity_decimals',
        'is_charged',
        'has_allowance',
        'effective_from',
    ],
) }}
