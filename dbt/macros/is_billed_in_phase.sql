{#-
    CON-7: in the ramp, `software_free` bills what says it is billed in the ramp; the term and
    `actual_usage` bill everything.
-#}
{% macro is_billed_in_phase(phase, ramp_policy, is_billed_in_ramp) -%}
(
    {{ phase }} = 'term'
    or {{ ramp_policy }} = 'actual_usage'
    or {{ is_billed_in_ramp }}
)
{%- endmacro %}
