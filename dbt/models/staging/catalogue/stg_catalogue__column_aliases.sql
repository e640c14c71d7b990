-- Grain: one row per report, alias and effective_from.
{{ extended_by_reference(
    'column_aliases',
    key=['report', 'alias'],
    columns=[
        'report',
        'column_name',
        'alias',
        'effective_from',
    ],
) }}
