{#-
  Appends rows to a table of the schema `ops`, which is made with the first of them. `columns` and `rows` as
  literal_rows takes them; a column may also be of type `date`.
-#}
{% macro _append_rows(table, columns, rows) %}
    {%- set relation = api.Relation.create(
        database=target.database, schema=_schema_of_layer('ops'), identifier=table
    ) -%}
    {%- do adapter.create_schema(relation) -%}
    {%- set definitions, values, written = [], [], {} -%}
    {%- for name, type in columns.items() -%}
        {%- set sql_type = _sql_type(type) -%}
        {%- do definitions.append(name ~ ' ' ~ sql_type) -%}
        {%- do values.append(dbt.cast(name, sql_type)) -%}
        {%- do written.update({name: 'string' if type == 'date' else type}) -%}
    {%- endfor -%}
    {%- do run_query('create table if not exists ' ~ relation ~ ' (' ~ definitions | join(', ') ~ ')') -%}
    {#- a statement has a size that BigQuery takes -#}
    {%- for some in rows | batch(200) -%}
        {%- do run_query(
            'insert into ' ~ relation ~ ' (' ~ columns | join(', ') ~ ') select ' ~ values | join(', ')
            ~ ' from ' ~ literal_rows(written, some) ~ ' as appended'
        ) -%}
    {%- endfor -%}
{% endmacro %}
