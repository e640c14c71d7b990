{#-
    Hooks of a pass over calls: its joins are planned as they stand, the calls on the left. DuckDB
    else decides by a guess at sizes which side becomes a hash table, and of calls joined with an
    empty table it guesses one row: ten million then are the table, and memory and time double.
-#}
{% macro joins_as_written() -%}
set disabled_optimizers = 'join_order,build_side_probe_side'
{%- endmacro %}

{% macro joins_as_guessed() -%}
reset disabled_optimizers
{%- endmacro %}
