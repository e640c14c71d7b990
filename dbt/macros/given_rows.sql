{#-
    What unit tests give and expect, in place of dbt's own macros of these names: those write every
    column of every row, a cast of null where the test says nothing, through four macros each. Here a
    column that no row gives is written once, and a cell is one step.
-#}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
{%- set types, quoted, given, formatted = {}, {}, {}, [] -%}
{%- for column in adapter.get_columns_in_relation(this) -%}
{%- do types.update({column.name | lower: column.data_type}) -%}
{%- do quoted.update({column.name | lower: column.quoted}) -%}
{%- endfor -%}
{%- if not types -%}
{%- do exceptions.raise_compiler_error(
    this ~ ' has no columns: build the models before their unit tests'
) -%}
{%- endif -%}
{%- for row in rows -%}
{%- do formatted.append(format_row(row, types)) -%}
{%- do given.update(formatted[-1]) -%}
{%- endfor -%}
{%- set given = given or {(types | first): none} -%}
select
{%- for name, column in quoted.items() %}
{% if name not in given %}cast(null as {{ types[name] }}) as {% endif %}{{ column }}
{%- if not loop.last %},{% endif %}
{%- endfor %}
from (
{%- for cells in formatted or [{}] %}
select
{%- for name in given %} {{ cells.get(name, 'cast(null as ' ~ types[name] ~ ')') }} as {{ quoted[name] }}
{%- if not loop.last %},{% endif %}
{%- endfor %}
{%- if not loop.last %} union all{% endif %}
{%- endfor %}
) as given_rows
{%- if not rows %}
where false
{%- endif -%}
{%- endmacro %}

{% macro format_row(row, column_name_to_data_types) -%}
{%- set cells = {} -%}
{%- for written, value in row.items() -%}
{%- set name = written | lower -%}
{%- if name not in column_name_to_data_types -%}
{%- do exceptions.raise_compiler_error(
    'a unit test of ' ~ model.name ~ ' names the column ' ~ written ~ '; there are '
    ~ (column_name_to_data_types | join(', '))
) -%}
{%- endif -%}
{%- if value is none -%}
{%- set literal = 'null' -%}
{%- elif value is string -%}
{%- set literal = "'" ~ (value | replace("'", "''")) ~ "'" -%}
{%- else -%}
{%- set literal = value -%}
{%- endif -%}
{%- do cells.update({name: 'cast(' ~ literal ~ ' as ' ~ column_name_to_data_types[name] ~ ')'}) -%}
{%- endfor -%}
{{ return(cells) }}
{%- endmacro %}
