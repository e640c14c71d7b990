{#-
    The checks of CHK that live in dbt, each the model chk_<name> with its failures: a blocking one
    holds the invoice of its organization and period, a warning holds nothing.
-#}
{% macro blocking_checks() -%}
{{ return([
    'licence_model_mixing',
    'tier_mixing',
    'concurrency_evidence',
    'unknown_charge_name',
    'unknown_resource',
    'unknown_app',
    'unknown_number_type',
    'unpriced_usage',
    'unrated_calls',
    'currency_mismatch',
    'rejected_rows',
]) }}
{%- endmacro %}

{% macro warning_checks() -%}
{{ return([
    'coverage_gap',
    'cdr_cost_mismatch',
    'unknown_country',
    'restated_calls',
    'conflicting_rows',
    'rate_sheet_mismatch',
    'net_disagrees',
    'tier_above_commitment',
    'messaging_without_cx2',
    'trial_expired',
]) }}
{%- endmacro %}
