{#-
    The slug of a name, as in charge codes: lower case; runs of other characters than ASCII letters
    and digits become one `_`, none at the ends.
-#}
{% macro slug(name) -%}
trim(regexp_replace(lower({{ name }}), '[^a-z0-9]+', '_', 'g'), '_')
{%- endmacro %}
