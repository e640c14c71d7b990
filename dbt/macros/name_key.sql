{#- How a name of a report or a contract is compared: without regard to case and repeated spaces. -#}
{% macro name_key(name) -%}
lower(regexp_replace(trim({{ name }}), '\s+', ' ', 'g'))
{%- endmacro %}
