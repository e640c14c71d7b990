-- Grain: one row per type_name and effective_from.
{{ extended_by_reference(
    'number_types',
    key=['type_name'],
    columns=[
        'type_name',
        'number_type',
        'effective_from',
    ],
) }}
