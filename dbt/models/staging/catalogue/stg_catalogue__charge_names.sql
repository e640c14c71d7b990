-- Grain: one row per charge_name and effective_from.
{{ extended_by_reference(
    'charge_names',
    key=['charge_name'],
    columns=[
        'charge_name',
        'licence',
        'licence_model',
        'add_on',
        'device_type',
        'effective_from',
    ],
) }}
