-- Grain: one row per licence, licence_model, resource and effective_from.
{{ extended_by_reference(
    'fair_use',
    key=['licence', 'licence_model', 'resource'],
    columns=[
        'licence',
        'licence_model',
        'resource',
        'allocation',
        'effective_from',
    ],
) }}
