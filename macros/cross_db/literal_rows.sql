{#-
  Rows that are written in the query itself, as a table:

    columns   {name: type}, types by BigQuery's names: string, int64, float64, bool, timestamp
    rows      a list of mappings of a column to its value: text, a number, true, false, or none for
              NULL; a timestamp is text. A column that a row does not hold is NULL.

  No rows are an empty table of these columns.
-#}
{% macro literal_rows(columns, rows) %}
    {%- set types = ['string', 'int64', 'float64', 'bool', 'timestamp'] -%}
    {%- for name, type in columns.items() if type not in types -%}
        {%- do _refuse(
            'literal_rows', "column " ~ name ~ " is of type " ~ type ~ "; give "
            ~ types | join(', ') ~ "."
        ) -%}
    {%- endfor -%}
    {{- return(adapter.dispatch('literal_rows', 'azekura')(columns, rows)) -}}
{% endmacro %}

{% macro default__literal_rows(columns, rows) %}
    {{- _no_such_side('literal_rows') -}}
{% endmacro %}


{% macro bigquery__literal_rows(columns, rows) -%}
(
    select *
    from unnest(array<struct<{% for name, type in columns.items() %}{{ name }} {{ type }}{{ ', ' if not loop.last }}{% endfor %}>>[
        {%- for row in rows %}
        struct({{ _literals(columns, row) }}){{ ',' if not loop.last }}
        {%- endfor %}
    ])
)
{%- endmacro %}


{% macro duckdb__literal_rows(columns, rows) -%}
{%- set types = {'string': 'varchar', 'int64': 'bigint', 'float64': 'double', 'bool': 'boolean'} -%}
(
    select
        {%- for name, type in columns.items() %}
        cast({{ name if rows else 'null' }} as {{ types.get(type, type) }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if rows %}
    from (
        values
        {%- for row in rows %}
        ({{ _literals(columns, row) }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as written ({{ columns | join(', ') }})
    {%- else %}
    where false
    {%- endif %}
)
{%- endmacro %}


{% macro _literals(columns, row) -%}
    {%- for name, type in columns.items() -%} {{ _literal(row.get(name), type) }}{{ ', ' if not loop.last }} {%- endfor -%}
{%- endmacro %}


{% macro _literal(value, type) %}
    {%- if value is none -%} {{ return('null') }}
    {%- elif type == 'string' -%} {{ return(text_literal(value)) }}
    {%- elif type == 'timestamp' -%} {{ return('cast(' ~ text_literal(value) ~ ' as timestamp)') }}
    {%- endif -%}
    {{ return(value | string | lower) }}
{% endmacro %}
