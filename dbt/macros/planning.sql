{#-
    Hooks of a pass over calls: its joins are planned as they stand, the calls on the left. DuckDB
    else decides by a guess at sizes which side becomes a hash table, and of calls joined with an
    empty table it guesses one row: ten million then are the table, and memory and time double.
    Afterwards `planned_as_usual`.
-#}
{% macro joins_as_written() -%}
set disabled_optimizers = 'join_order,build_side_probe_side'
{%- endmacro %}

{#-
    A hook of a wide union: what DuckDB would pull up in it takes longer to find than the rest of it
    takes to run. Afterwards `planned_as_usual`.
-#}
{% macro projections_as_written() -%}
set disabled_optimizers = 'projection_pullup'
{%- endmacro %}

{#- The hook after a model that took an optimizer away from its own query. -#}
{% macro planned_as_usual() -%}
reset disabled_optimizers
{%- endmacro %}
