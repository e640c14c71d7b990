-- Grain: one row per constant_name and effective_from.
{{ extended_by_reference(
    'rule_constants',
    key=['constant_name'],
    columns=[
        'constant_name',
        'value',
        'rule_id',
        'effective_from',
    ],
) }}
