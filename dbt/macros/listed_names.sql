{#- The first names of a group in order, and how many more there are: for a check's sentence. -#}
{% macro listed_names(name) -%}
array_to_string(list_slice(list_sort(list_distinct(list({{ name }}))), 1, 3), ', ')
|| case
    when count(distinct {{ name }}) > 3
        then ' and ' || (count(distinct {{ name }}) - 3)::varchar || ' more'
    else ''
end
{%- endmacro %}
