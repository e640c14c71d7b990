-- Grain: one row per service, direction, column_name, word and effective_from.
{{ extended_by_reference(
    'call_services',
    key=['service', 'direction', 'column_name', 'word'],
    columns=[
        'service',
        'direction',
        'column_name',
        'word',
        'effective_from',
    ],
) }}
