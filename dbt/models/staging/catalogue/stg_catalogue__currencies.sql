-- Grain: one row per currency and effective_from.
{{ extended_by_reference(
    'currencies',
    key=['currency'],
    columns=[
        'currency',
        'minor_units',
        'effective_from',
    ],
) }}
