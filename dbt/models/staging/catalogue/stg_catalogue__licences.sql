-- Grain: one row per licence and effective_from.
{{ extended_by_reference(
    'licences',
    key=['licence'],
    columns=[
        'licence',
        'tier',
        'is_cx',
        'is_always_named',
        'title',
        'effective_from',
    ],
) }}
