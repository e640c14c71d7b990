-- Grain: one row per prefix and effective_from.
{{ extended_by_reference(
    'calling_codes',
    key=['prefix'],
    columns=[
        'prefix',
        'country',
        'is_toll_free',
        'effective_from',
    ],
) }}
