{#-
  Appends rows to a table of the schema `ops`, which is made with the first of them. `columns` and `rows` as
  literal_rows takes them; a column may also be of type `date`.
-#}
{% macro _append_rows(table, columns, rows) %}
    {%- set relation = api.Relation.create(
        database=target.database, schema=_schema_of_layer('ops'), identifier=table
    ) -%}
    {%- do adapter.create_schema(relation) -%}
    {%- do run_query(_append_rows_create(relation, columns)) -%}
    {#- a statement has a size that BigQuery takes -#}
    {%- for some in rows | batch(200) -%} {%- do run_query(_append_rows_insert(relation, columns, some)) -%} {%- endfor -%}
{% endmacro %}


{% macro _append_rows_create(relation, columns) -%}
create table if not exists {{ relation }} (
    {%- for name, type in columns.items() -%} {{ name }} {{ _sql_type(type) }}{{ ', ' if not loop.last }} {%- endfor -%}
)
{%- endmacro %}


{% macro _append_rows_insert(relation, columns, rows) -%}
{%- set written = {} -%}
{%- for name, type in columns.items() -%} {%- do written.update({name: 'string' if type == 'date' else type}) -%} {%- endfor -%}
insert into {{ relation }} ({{ columns | join(', ') }})
select
    {%- for name, type in columns.items() %}
    {{ dbt.cast(name, _sql_type(type)) }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ literal_rows(written, rows) }} as appended
{%- endmacro %}
