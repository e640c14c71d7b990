{#-
    How tables are made: in place, in one transaction. dbt's own way makes a table under another name,
    renames twice and drops the old one, with a look into the catalogue before each step; for the
    many small tables of a run that is six times the work of filling them. DuckDB's DDL is
    transactional: a reader of the working file, or a run that fails here, sees the old table.
-#}
{% materialization table, adapter='duckdb' %}
{%- set target = this.incorporate(type='table') -%}
{{ drop_of_another_type(load_cached_relation(this), target) }}
{{ run_hooks(pre_hooks) }}
{% call main_statement() -%}
drop table if exists {{ target }};
{{ create_table_as(False, target, compiled_code) }}
{%- endcall %}
{{ run_hooks(post_hooks) }}
{{ adapter.commit() }}
{{ return({'relations': [target]}) }}
{% endmaterialization %}

{#-
    History: what a run adds is appended (`append` is the only strategy in this project). A contract
    is asserted when the table is made; from then on the declared columns are written by their names,
    so a column that the query or the table lacks fails the run.
-#}
{% materialization incremental, adapter='duckdb' %}
{%- set target = this.incorporate(type='table') -%}
{%- set existing = load_cached_relation(this) -%}
{{ drop_of_another_type(existing, target) }}
{{ run_hooks(pre_hooks) }}
{% call main_statement() -%}
{% if existing is none or not existing.is_table or should_full_refresh() -%}
drop table if exists {{ target }};
{{ create_table_as(False, target, compiled_code) }}
{%- else -%}
insert into {{ target }} by name
select {{ model.columns.keys() | join(', ') }} from (
{{ compiled_code }}
)
{%- endif %}
{%- endcall %}
{{ run_hooks(post_hooks) }}
{{ adapter.commit() }}
{{ return({'relations': [target]}) }}
{% endmaterialization %}

{#- A model that was a view in the version that made this file. -#}
{% macro drop_of_another_type(existing, target) -%}
{%- if existing is not none and existing.type != target.type -%}
{%- do adapter.drop_relation(existing) -%}
{%- endif -%}
{%- endmacro %}

{#- dbt's own would write what it runs to a file first; the compiled query is in one already. -#}
{% macro main_statement() -%}
{%- set response, _ = adapter.execute(caller(), auto_begin=true) -%}
{{ store_result('main', response=response) }}
{%- endmacro %}
