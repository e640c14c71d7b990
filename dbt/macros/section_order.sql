{#- INV-1: the place of a section on an invoice. -#}
{% macro section_order(section) -%}
list_position(
    ['core', 'resources', 'appfoundry', 'devices', 'telco', 'one_time', 'taxes'], {{ section }}
)
{%- endmacro %}
