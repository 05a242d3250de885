{#-
  The rows of a lake table before anything is believed about them.

  parquet       the declared columns, lake_file, line_number, ingested_date
  ndjson, csv   one row per line: cells (the declared columns' text, NULL where absent), raw_record,
                raw_problem (not UTF-8, not JSON), lake_file, line_number, ingested_date.
                A record is one line: a line break inside a quoted CSV field ends the record.

  DuckDB reads the files under lake_root(). BigQuery reads the source's external table: of typed
  columns for Parquet, of one STRING column `raw_record` for text (header lines skipped).
-#}
{% macro lake_rows(relation, table) %}
    {{- return(adapter.dispatch('lake_rows', 'azekura')(relation, table)) -}}
{% endmacro %}

{% macro default__lake_rows(relation, table) %}
    {{- _no_such_side('lake_rows') -}}
{% endmacro %}


{% macro bigquery__lake_rows(relation, table) -%}
{%- set columns = table.columns.values() | list -%}
{%- set format = table.config.meta.lake.format -%}
select
    {%- if format == 'parquet' %}
    {{ _quoted_list(columns | map(attribute='name')) }},
    {%- elif format == 'ndjson' %}
    [
        {%- for column in columns %}
        {#- json_value is NULL for an object or a list, whose text json_query gives; JSON's null is NULL #}
        coalesce(
            json_value(raw_record, '$.{{ column.name }}'),
            nullif(json_query(raw_record, '$.{{ column.name }}'), 'null')
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ] as cells,
    rtrim(raw_record, '\r') as raw_record,
    if(safe.parse_json(raw_record, wide_number_mode => 'round') is null, 'is not valid JSON', null) as raw_problem,
    {%- else %}
    array(
        select if(starts_with(cell, '"'), replace(substr(cell, 2, length(cell) - 2), '""', '"'), cell)
        from unnest(regexp_extract_all(concat(',', rtrim(raw_record, '\r')), {{ _csv_cell_pattern() }})) as cell
        with offset as cell_position
        order by cell_position
    ) as cells,
    rtrim(raw_record, '\r') as raw_record,
    if(
        array_to_string(regexp_extract_all(concat(',', rtrim(raw_record, '\r')), {{ _csv_cell_pattern(capture=false) }}), '')
        != concat(',', rtrim(raw_record, '\r')),
        'is not well-formed CSV',
        null
    ) as raw_problem,
    {%- endif %}
    ingested_date,
    _file_name as lake_file,
    cast(null as int64) as line_number
from {{ relation }}
{%- if format != 'parquet' %}
where raw_record not in ('', '\r')
{%- endif %}
{%- endmacro %}


{% macro duckdb__lake_rows(relation, table) -%}
{%- set columns = table.columns.values() | list -%}
{%- set format = table.config.meta.lake.format -%}
{%- set files = duckdb__lake_files(table) -%}
{%- if format == 'parquet' -%}
select
    {{ _quoted_list(columns | map(attribute='name')) }},
    ingested_date,
    filename as lake_file,
    file_row_number + 1 as line_number
from read_parquet(
    {{ files }},
    hive_partitioning = true, hive_types = {'ingested_date': date},
    filename = true, file_row_number = true,
    -- the widest type of all files, not the first file's
    union_by_name = true
)
{%- else -%}
select
    {%- if format == 'ndjson' %}
    case when json_valid(line) then json_extract_string(line, [
        {%- for column in columns -%}
        '$."{{ column.name }}"'{{ ', ' if not loop.last }}
        {%- endfor -%}
    ]) end as cells,
    {%- else %}
    list_transform(
        regexp_extract_all(concat(',', line), {{ _csv_cell_pattern() }}, 1),
        lambda cell: case when starts_with(cell, '"') then replace(cell[2:-2], '""', '"') else cell end
    ) as cells,
    {%- endif %}
    coalesce(line, escaped) as raw_record,
    case
        when line is null then 'is not valid UTF-8'
        {%- if format == 'ndjson' %}
        when not json_valid(line) then 'is not valid JSON'
        {%- else %}
        when array_to_string(regexp_extract_all(concat(',', line), {{ _csv_cell_pattern(capture=false) }}), '') != concat(',', line)
            then 'is not well-formed CSV'
        {%- endif %}
    end as raw_problem,
    cast(regexp_extract(lake_file, 'ingested_date=([0-9]{4}-[0-9]{2}-[0-9]{2})', 1) as date) as ingested_date,
    lake_file,
    line_number
from (
    -- bytes are split at line feeds while escaped, so that one bad byte spoils one line only
    select
        lake_file,
        line_number,
        escaped,
        rtrim(try(decode(cast(escaped as blob))), chr(13)) as line
    from (
        select
            filename as lake_file,
            generate_subscripts(lines, 1) as line_number,
            unnest(lines) as escaped
        from (
            select filename, string_split(cast(content as varchar), '\x0A') as lines
            from read_blob({{ files }})
        )
    )
)
where escaped not in ('', '\x0D'){{ ' and line_number > 1' if format == 'csv' }}
{%- endif -%}
{%- endmacro %}


{#-
  One CSV field after its comma: quoted with doubled quotes inside, plain without a quote in front, or
  empty. RE2 on both engines. A line that such fields do not cover is not CSV.
-#}
{% macro _csv_cell_pattern(capture=true) -%}
    ',{{ '(' if capture else '(?:' }}"(?:[^"]|"")*"|[^",][^,]*|)'
{%- endmacro %}
