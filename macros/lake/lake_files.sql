{#-
  DuckDB's side of a lake table: the text of its file argument. The files are named one by one, each as a
  pattern that fits it alone; an incremental run names only those of its window. While models run (not
  while they are only compiled or linted) the files are checked first: a lake that is missing or empty,
  a file that lies or is named as no file of the lake is, and one that is unreadable or has other columns
  than declared stop the model with one sentence before any table is touched.
-#}
{% macro duckdb__lake_files(table) %}
    {%- set name = table.source_name ~ '.' ~ table.name -%}
    {%- set folder = lake_root() ~ '/' ~ table.source_name ~ '/' ~ table.name -%}
    {%- set pattern = folder ~ '/*/*.' ~ table.config.meta.lake.format -%}
    {%- if flags.WHICH not in ['run', 'build', 'snapshot', 'show', 'retry'] -%}
        {{ return(text_literal(pattern)) }}
    {%- endif -%}
    {%- set found = run_query(_lake_files_sql(folder, table)) -%}
    {%- if found.columns['files_in_lake'].values()[0] == 0 -%}
        {{ exceptions.raise_compiler_error(
            "Model " ~ model.name ~ ": the lake holds no file of source " ~ name ~ " (looked for "
            ~ pattern ~ "); land files there (the demo: `make lake`), or set AZEKURA_LAKE to where the lake lies."
        ) }}
    {%- endif -%}
    {%- set files = [] -%}
    {%- for row in found.rows -%}
        {%- if row['problem'] is not none -%}
            {{ exceptions.raise_compiler_error("Model " ~ model.name ~ ", source " ~ name ~ ": " ~ row['problem']) }}
        {%- endif -%}
        {%- if row['is_read'] -%} {%- do files.append(text_literal(row['pattern'])) -%} {%- endif -%}
    {%- endfor -%}
    {{ return('[' ~ files | join(', ') ~ ']') }}
{% endmacro %}


{#-
  The files of the window with what is wrong with each, and how many the lake holds. Without a file in the
  window one of another day is there, to be read of its columns: the window keeps no row of it.
-#}
{% macro _lake_files_sql(folder, table) -%}
{%- set columns = {} -%}
{%- for column in table.columns.values() -%} {%- do columns.update({column.name: column.data_type | upper}) -%} {%- endfor -%}
{%- set format = text_literal(table.config.meta.lake.format) -%}
with found as (
    select unnest(lake_files({{ text_literal(folder) }}, {{ format }}), recursive := true)
),

windowed as (
    select
        *,
        day is null or {{ _lake_window('day') }} as is_in_window,
        row_number() over (order by day is null or {{ _lake_window('day') }} desc, path) = 1 as is_first
    from found
),

checked as (
    select
        pattern,
        path,
        is_in_window or is_first as is_read,
        case
            when problem is not null then problem
            else lake_file_problem(path, {{ format }}, {{ text_literal(tojson(columns)) }}, {{ _lake_encoding(table) }})
        end as problem
    from windowed
    where is_in_window or is_first
)

select
    pattern,
    is_read,
    problem,
    (select count(*) from found) as files_in_lake,
    path
from checked
union all by name
select
    false as is_read,
    count(*) as files_in_lake
from found
order by path
{%- endmacro %}
