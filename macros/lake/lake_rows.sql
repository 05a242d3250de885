{#-
  The rows of a lake table that arrived on the days of this run, before anything is believed about them.

  typed columns   the declared columns, lake_file, line_number, ingested_date
  lines of text   one row per line: cells (the declared columns' text, NULL where absent), raw_record,
                  raw_problem (not UTF-8, not JSON), lake_file, line_number, ingested_date.
                  A record is one line: a line break inside a quoted CSV field ends the record.

  DuckDB reads the files under lake_root(). BigQuery reads the source's external table
  (external_table_sql), which has to be told of which days. Which engine reads which format: lake_formats.
-#}
{% macro lake_rows(relation, table) %}
    {%- set format = _lake_format(table) -%}
    {%- if format.get(adapter.type(), true) is none -%}
        {%- set readers = [] -%}
        {%- for engine in _engines() if format[engine] is not none -%} {%- do readers.append(engine) -%} {%- endfor -%}
        {{ exceptions.raise_compiler_error(
            "Source " ~ table.source_name ~ "." ~ table.name ~ ": files of format " ~ table.config.meta.lake.format
            ~ " can be read on " ~ readers | join(' and ') ~ " only; land them as parquet to read them on "
            ~ adapter.type() ~ " too."
        ) }}
    {%- endif -%}
    {{- return(adapter.dispatch('lake_rows', 'azekura')(relation, table)) -}}
{% endmacro %}

{% macro default__lake_rows(relation, table) %}
    {{- _no_such_side('lake_rows') -}}
{% endmacro %}
