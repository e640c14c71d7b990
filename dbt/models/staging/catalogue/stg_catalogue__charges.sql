-- Grain: one row per charge_prefix and effective_from.
{{ extended_by_reference(
    'charges',
    key=['charge_prefix'],
    columns=[
        'charge_prefix',
        'section',
        'title',
        'billed_in_ramp',
        'effective_from',
    ],
) }}
