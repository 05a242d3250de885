{#- BigQuery's side of lake_rows. A relation is read by its name: --empty would hide _file_name and the partitions behind a subquery. -#}
{% macro bigquery__lake_rows(relation, table) -%}
    {%- set columns = table.columns.values() | map(attribute='name') | list -%}
    {%- set line = context.get('_' ~ table.config.meta.lake.format ~ '_line') -%}
    {%- if _lake_format(table).is_typed -%}
        {{ _bigquery_typed_rows(relation, columns) }}
    {%- else -%}
        {{ _bigquery_text_rows(relation, line('raw_record', columns)) }}
    {%- endif -%}
{%- endmacro %}


{% macro _bigquery_typed_rows(relation, columns) -%}
select
    {{ _quoted_list(columns) }},
    ingested_date,
    _file_name as lake_file,
    cast(null as int64) as line_number
from {{ relation.render() }}
where {{ _bigquery_lake_days() }}
{%- endmacro %}


{% macro _bigquery_text_rows(relation, line) -%}
select
    {{ line.cells | indent(4) }} as cells,
    raw_record,
    {{ line.problem | indent(4) }} as raw_problem,
    ingested_date,
    lake_file,
    cast(null as int64) as line_number
from (
    select
        raw_record,
        {%- if line.record %}
        {{ line.record }} as record,
        {%- endif %}
        ingested_date,
        lake_file
    from (
        select
            rtrim(raw_record, '\r') as raw_record,
            ingested_date,
            _file_name as lake_file
        from {{ relation.render() }}
        where {{ _bigquery_lake_days() }}
    )
)
where raw_record != ''
{%- endmacro %}


{#- The days to read as bounds that the table's partitions are chosen by: without a window, all there can be. -#}
{% macro _bigquery_lake_days() -%}
    {%- set window = _lake_window('ingested_date') -%}
    {{ 'false and ' if flags.EMPTY }}{{ "ingested_date >= date '0001-01-01'" if window == 'true' else window }}
{%- endmacro %}
