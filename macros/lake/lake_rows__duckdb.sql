{#- DuckDB's side of lake_rows. -#}
{% macro duckdb__lake_rows(relation, table) -%}
    {%- set format = _lake_format(table) -%}
    {%- set files = duckdb__lake_files(table) -%}
    {%- set columns = table.columns.values() | map(attribute='name') | list -%}
    {%- set line = context.get('_duckdb_' ~ table.config.meta.lake.format ~ '_line') -%}
    {%- if format.is_typed -%}
        {{ _duckdb_typed_rows(format.duckdb, files, columns) }}
    {%- else -%}
        {{ _duckdb_text_rows(format.duckdb, files, line(columns), format.has_header) }}
    {%- endif -%}
{%- endmacro %}


{% macro _duckdb_typed_rows(reader, files, columns) -%}
select
    {{ _quoted_list(columns) }},
    ingested_date,
    filename as lake_file,
    file_row_number + 1 as line_number
from {{ reader }}(
    {{ files }},
    hive_partitioning = true, hive_types = {'ingested_date': date},
    filename = true, file_row_number = true,
    -- the widest type of all files, not the first file's
    union_by_name = true
)
where {{ _lake_window('ingested_date') }}
{%- endmacro %}


{% macro _duckdb_text_rows(reader, files, line, has_header) -%}
select
    {{ line.cells | indent(4) }} as cells,
    coalesce(line, escaped) as raw_record,
    case
        when line is null then 'is not valid UTF-8'
        {{ line.problem | indent(8) }}
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
        {%- if line.record %},
        {{ line.record | indent(8) }} as record
        {%- endif %}
    from (
        select
            filename as lake_file,
            generate_subscripts(lines, 1) as line_number,
            unnest(lines) as escaped
        from (
            select filename, string_split(cast(content as varchar), '\x0A') as lines
            from {{ reader }}({{ files }})
        )
    )
)
where
    {{ _lake_window('ingested_date') }}
    and escaped not in ('', '\x0D'){{ ' and line_number > 1' if has_header }}
{%- endmacro %}


{#- How a line is read: what it is parsed into (`record`), its cells, and what is wrong with it, as a branch of a case. -#}
{% macro _duckdb_ndjson_line(columns) %}
    {%- set record -%}
-- a byte order mark is no part of the first record
ltrim(line, chr(65279))
    {%- endset -%}
    {%- set cells -%}
case when json_valid(record) then json_extract_string(record, [
    {%- for column in columns -%}
    '$."{{ column }}"'{{ ', ' if not loop.last }}
    {%- endfor -%}
]) end
    {%- endset -%}
    {%- set problem -%}
when not json_valid(record) or {{ _duckdb_json_is_lax('record') }} then 'is not valid JSON'
    {%- endset -%}
    {{ return({'record': record, 'cells': cells, 'problem': problem}) }}
{% endmacro %}


{% macro _duckdb_csv_line(columns) %}
    {%- set cells -%}
list_transform(
    regexp_extract_all(concat(',', line), {{ _csv_cell_pattern() }}, 1),
    lambda cell: case when starts_with(cell, '"') then replace(cell[2:-2], '""', '"') else cell end
)
    {%- endset -%}
    {%- set problem -%}
when array_to_string(regexp_extract_all(concat(',', line), {{ _csv_cell_pattern(capture=false) }}), '') != concat(',', line)
    then 'is not well-formed CSV'
    {%- endset -%}
    {{ return({'record': none, 'cells': cells, 'problem': problem}) }}
{% endmacro %}


{#-
  Whether JSON that DuckDB takes is none: a comma too many, NaN or Infinity (looked for outside of strings), or
  a number that no FLOAT64 holds.
-#}
{% macro _duckdb_json_is_lax(text) -%}
    {%- set bare = "regexp_replace(" ~ text ~ ", '\"(?:[^\"\\\\]|\\\\.)*\"', '', 'g')" -%}
(
    regexp_matches({{ bare }}, '(?i),[[:space:]]*[]}]|na|in')
    or coalesce(isinf(list_max(list_transform(
        regexp_extract_all({{ bare }}, '[0-9][0-9.]*[eE][+]?[0-9]{3,}'), lambda number: cast(number as double)
    ))), false)
)
{%- endmacro %}
