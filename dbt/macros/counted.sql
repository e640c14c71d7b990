{#- A number and its noun, in the plural but for 1: for a check's sentence. -#}
{% macro counted(number, noun) -%}
{{ number }}::varchar || case when {{ number }} = 1 then ' {{ noun }}' else ' {{ noun }}s' end
{%- endmacro %}
