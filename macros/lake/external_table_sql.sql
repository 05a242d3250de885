{#-
  The statement that lays BigQuery's external table over the files of a lake table. DuckDB reads the
  files themselves: there it is none.

  parquet, avro, orc  the declared columns and types
  ndjson, csv         one STRING column `raw_record`, a line each, so that a bad one is a reject:
                      a delimiter that occurs in no line, and no quotes
  datastore           what one export of Datastore or Firestore holds (`export` in meta.lake names its
                      .export_metadata file): BigQuery takes one such file for a table, without days

  `settings` may hold `connection` (project.region.name: a BigLake table, whose readers need no right
  to the files) and `max_staleness` (an interval such as '0-0 0 4:0:0': the list of files may be that
  old; it needs a connection). External tables take no labels.
-#}
{% macro external_table_sql(relation, table, lake_uri, settings={}) %}
    {{- return(adapter.dispatch('external_table_sql', 'azekura')(relation, table, lake_uri, settings)) -}}
{% endmacro %}

{% macro default__external_table_sql(relation, table, lake_uri, settings={}) %}
    {{- _no_such_side('external_table_sql') -}}
{% endmacro %}


{% macro bigquery__external_table_sql(relation, table, lake_uri, settings={}) -%}
{%- set lake = table.config.meta.lake -%}
{%- set is_text = lake.format in ['ndjson', 'csv'] -%}
{%- set is_export = lake.format == 'datastore' -%}
{%- set folder = lake_uri.rstrip('/') ~ '/' ~ table.source_name ~ '/' ~ table.name -%}
create or replace external table {{ relation }}
{%- if is_text %} (
    raw_record string options (description = 'The record as it was found: one line.')
)
{%- elif not is_export %} (
    {%- for column in table.columns.values() %}
    {{ adapter.quote(column.name) }} {{ column.data_type | lower }}
    {%- if column.description %} options (description = {{ text_literal(column.description | trim) }}){% endif %}
    {{- ',' if not loop.last }}
    {%- endfor %}
)
{%- endif %}
{%- if not is_export %}
with partition columns (ingested_date date)
{%- endif %}
{%- if settings.get('connection') %}
with connection `{{ settings.connection }}`
{%- endif %}
options (
    {%- if table.description %}
    description = {{ text_literal(table.description | trim) }},
    {%- endif %}
    {%- if settings.get('max_staleness') %}
    max_staleness = interval {{ text_literal(settings.max_staleness) }} year to second,
    metadata_cache_mode = 'AUTOMATIC',
    {%- endif %}
    {%- if is_export %}
    format = 'DATASTORE_BACKUP',
    uris = [{{ text_literal(folder ~ '/' ~ lake.export) }}]
    {%- else %}
    format = '{{ 'CSV' if is_text else lake.format | upper }}',
    {%- if is_text %}
    field_delimiter = '\x01',
    quote = '',
    {%- endif %}
    {%- if lake.format == 'csv' %}
    skip_leading_rows = 1,
    {%- endif %}
    {%- if lake.format == 'avro' %}
    enable_logical_types = true,
    {%- endif %}
    uris = [{{ text_literal(folder ~ '/*') }}],
    hive_partition_uri_prefix = {{ text_literal(folder) }},
    require_hive_partition_filter = true
    {%- endif %}
)
{%- endmacro %}


{% macro duckdb__external_table_sql(relation, table, lake_uri, settings={}) %}
    {{- return(none) -}}
{% endmacro %}
