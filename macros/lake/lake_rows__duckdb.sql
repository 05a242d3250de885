{#- DuckDB's side of lake_rows. The day is that of the last folder ingested_date= in a file's path. -#}
{% macro duckdb__lake_rows(relation, table) -%}
    {%- set format = _lake_format(table) -%}
    {%- set files = duckdb__lake_files(table) -%}
    {%- set columns = table.columns.values() | map(attribute='name') | list -%}
    {%- set line = context.get('_' ~ table.config.meta.lake.format ~ '_line') -%}
    {%- if format.is_typed -%}
        {{ _duckdb_typed_rows(format.duckdb, files, columns) }}
    {%- else -%}
        {{ _duckdb_text_rows(format.duckdb, files, line('line', columns), format.has_header, table) }}
    {%- endif -%}
{%- endmacro %}


{% macro _duckdb_day_of(file) -%}
    cast(regexp_extract({{ file }}, '(?s).*/ingested_date=([0-9]{4}-[0-9]{2}-[0-9]{2})/', 1) as date)
{%- endmacro %}


{% macro _duckdb_typed_rows(reader, files, columns) -%}
select
    {{ _quoted_list(columns) }},
    {{ _duckdb_day_of('filename') }} as ingested_date,
    filename as lake_file,
    file_row_number + 1 as line_number
from {{ reader }}(
    {{ files }},
    hive_partitioning = false, filename = true, file_row_number = true,
    -- the widest type of all files, not the first file's
    union_by_name = true
)
where {{ _lake_window(_duckdb_day_of('filename')) }}
{%- endmacro %}


{% macro _duckdb_text_rows(reader, files, line, has_header, table) -%}
{%- set encoding = _lake_encoding(table) -%}
select
    {{ line.cells | indent(4) }} as cells,
    coalesce(line, escaped) as raw_record,
    case
        when line is null then 'is not valid {{ 'UTF-8' if encoding == 'null' else _lake_encoding_name(table.config.meta.lake) }}'
        else {{ line.problem | indent(8) }}
    end as raw_problem,
    {{ _duckdb_day_of('lake_file') }} as ingested_date,
    lake_file,
    line_number
from (
    -- bytes are split at line ends while escaped, so that one bad byte spoils one line only
    select
        lake_file,
        line_number,
        escaped,
        try(decode(cast(escaped as blob))) as line
        {%- if line.record %},
        {{ line.record | indent(8) }} as record
        {%- endif %}
    from (
        select
            filename as lake_file,
            generate_subscripts(lines, 1) as line_number,
            unnest(lines) as escaped
        from (
            select
                filename,
                string_split(
                    case when contains(content, '\x0D')
                        then replace(replace(content, '\x0D\x0A', '\x0A'), '\x0D', '\x0A')
                        else content
                    end,
                    '\x0A'
                ) as lines
            from (
                select
                    filename,
                    {%- if encoding == 'null' and '.gz' not in files | lower %}
                    cast(content as varchar) as content
                    {%- else %}
                    cast(lake_utf8(content, ends_with(lower(filename), '.gz'), {{ encoding }}) as varchar) as content
                    {%- endif %}
                from {{ reader }}({{ files }})
            )
        )
    )
)
where
    {{ _lake_window(_duckdb_day_of('lake_file')) }}
    and escaped != ''{{ ' and line_number > 1' if has_header }}
{%- endmacro %}
