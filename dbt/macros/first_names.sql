{#-
    The first three of a group's names, in order, for a sentence that also gives their count.
-#}
{% macro first_names(name, ordered_by) -%}
array_to_string(list({{ name }} order by {{ ordered_by }})[:3], ', ')
{%- endmacro %}
