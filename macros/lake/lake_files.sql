{#-
  DuckDB's side of a lake table: the text of its file argument. A full build reads the whole glob; an
  incremental run lists only the files of its window, so that its cost does not grow with history.
  While models run (not while they are only compiled or linted) the files are checked first: a lake
  that is missing or empty, and a file that is unreadable or has other columns than declared, stop
  the model with one sentence before any table is touched.
-#}
{% macro duckdb__lake_files(table) %}
    {%- set name = table.source_name ~ '.' ~ table.name -%}
    {%- set pattern = lake_root() ~ '/' ~ table.source_name ~ '/' ~ table.name ~ '/*/*.' ~ table.config.meta.lake.format -%}
    {%- if flags.WHICH not in ['run', 'build', 'snapshot', 'show', 'retry'] -%}
        {{ return(text_literal(pattern)) }}
    {%- endif -%}
    {%- set found = run_query(_lake_files_sql(pattern, table)) -%}
    {%- if found.columns['files_in_lake'].values()[0] == 0 -%}
        {{ exceptions.raise_compiler_error(
            "Model " ~ model.name ~ ": the lake holds no file of source " ~ name ~ " (looked for "
            ~ pattern ~ "); land files there (the demo: `make lake`), or set AZEKURA_LAKE to where the lake lies."
        ) }}
    {%- endif -%}
    {%- set files = [] -%}
    {%- for row in found.rows if row['file'] is not none -%}
        {%- if row['problem'] is not none -%}
            {{ exceptions.raise_compiler_error("Model " ~ model.name ~ ", source " ~ name ~ ": " ~ row['problem']) }}
        {%- endif -%}
        {%- do files.append(text_literal(row['file'])) -%}
    {%- endfor -%}
    {%- set bounds = window_bounds() -%}
    {%- if (bounds.start is none and bounds.end is none) or not files -%}
        {{ return(text_literal(pattern)) }}
    {%- endif -%}
    {{ return('[' ~ files | join(', ') ~ ']') }}
{% endmacro %}


{#- The files of the window with what is wrong with each, and how many the lake holds, in a row at least. -#}
{% macro _lake_files_sql(pattern, table) -%}
{%- set columns = {} -%}
{%- for column in table.columns.values() -%} {%- do columns.update({column.name: column.data_type | upper}) -%} {%- endfor -%}
with found as (
    select
        file,
        try(cast(regexp_extract(file, 'ingested_date=([0-9]{4}-[0-9]{2}-[0-9]{2})', 1) as date)) as day
    from glob({{ text_literal(pattern) }})
)

select
    file,
    case
        when day is null
            then file || ' does not lie in a folder ingested_date=YYYY-MM-DD; move it into one, or out of the lake.'
        else lake_file_problem(file, {{ text_literal(table.config.meta.lake.format) }}, {{ text_literal(tojson(columns)) }})
    end as problem,
    (select count(*) from found) as files_in_lake
from found
where day is null or {{ _lake_window('day') }}
union all by name
select
    null as file,
    count(*) as files_in_lake
from found
order by file
{%- endmacro %}
