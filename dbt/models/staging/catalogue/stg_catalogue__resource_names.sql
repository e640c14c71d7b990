-- Grain: one row per resource_name and effective_from.
{{ extended_by_reference(
    'resource_names',
    key=['resource_name'],
    columns=[
        'resource_name',
        'resource',
        'basis',
        'effective_from',
    ],
) }}
