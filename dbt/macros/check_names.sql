{#-
    The checks of CHK that live in dbt, with their severity; each is the model chk_<name>, which yields
    its failures. An error holds the invoice of its organization and period, a warning holds nothing.
-#}
{% macro declared_checks() -%}
{{ return([
    ('licence_model_mixing', 'error'),
    ('tier_mixing', 'error'),
    ('concurrency_evidence', 'error'),
    ('unknown_charge_name', 'error'),
    ('unknown_resource', 'error'),
    ('unknown_app', 'error'),
    ('unknown_number_type', 'error'),
    ('unpriced_usage', 'error'),
    ('unrated_calls', 'error'),
    ('currency_mismatch', 'error'),
    ('rejected_rows', 'error'),
    ('rejected_rows_warned', 'warn'),
    ('coverage_gap', 'warn'),
    ('cdr_cost_mismatch', 'warn'),
    ('unknown_country', 'warn'),
    ('restated_calls', 'warn'),
    ('conflicting_rows', 'warn'),
    ('rate_sheet_mismatch', 'warn'),
    ('net_disagrees', 'warn'),
    ('tier_above_commitment', 'warn'),
    ('messaging_without_cx2', 'warn'),
    ('trial_expired', 'warn'),
]) }}
{%- endmacro %}
