-- Grain: one row per rate_sheet, direction, service, prefix, usage_group, call_type and
-- effective_from.
{{ extended_by_reference(
    'voice_rates',
    key=['rate_sheet', 'direction', 'service', 'prefix', 'usage_group', 'call_type'],
    columns=[
        'rate_sheet',
        'direction',
        'service',
        'prefix',
        'country',
        'rate_per_minute',
        'effective_from',
        'effective_to',
        'usage_group',
        'call_type',
    ],
) }}
