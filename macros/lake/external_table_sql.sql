{#-
  The statement that lays an external table over the files of a lake table. Only BigQuery needs one: other engines
  read the files themselves, and there it is none.

  typed columns   the declared columns and types
  lines of text   one STRING column `raw_record`, a line each, so that a bad one is a reject:
                  a delimiter that occurs in no line, and no quotes
  an export       what one export of Datastore or Firestore holds (`export` in meta.lake names its
                  .export_metadata file): BigQuery takes one such file for a table, without days

  `settings` may hold `connection` (project.region.name: a BigLake table, whose readers need no right
  to the files) and `max_staleness` (an interval such as '0-0 0 4:0:0': the list of files may be that
  old; it needs a connection). External tables take no labels.
-#}
{% macro external_table_sql(relation, table, lake_uri, settings={}) %}
    {{- return(adapter.dispatch('external_table_sql', 'azekura')(relation, table, lake_uri, settings)) -}}
{% endmacro %}

{% macro default__external_table_sql(relation, table, lake_uri, settings={}) %}
    {{- return(none) -}}
{% endmacro %}


{% macro bigquery__external_table_sql(relation, table, lake_uri, settings={}) -%}
{%- set format = _lake_format(table) -%}
{%- set encoding = _lake_encoding_name(table.config.meta.lake) -%}
{%- if _lake_encodings()[encoding] is none -%}
    {{ exceptions.raise_compiler_error(
        "Source " ~ table.source_name ~ "." ~ table.name ~ ": BigQuery reads no text in " ~ encoding
        ~ "; land it in UTF-8 to read it there too."
    ) }}
{%- endif -%}
{%- set folder = lake_uri.rstrip('/') ~ '/' ~ table.source_name ~ '/' ~ table.name -%}
create or replace external table {{ relation }}
{%- if not format.is_typed %} (
    raw_record string options (description = 'The record as it was found: one line.')
)
{%- elif format.has_days %} (
    {%- for column in table.columns.values() %}
    {{ adapter.quote(column.name) }} {{ column.data_type | lower }}
    {%- if column.description %} options (description = {{ text_literal(column.description | trim) }}){% endif %}
    {{- ',' if not loop.last }}
    {%- endfor %}
)
{%- endif %}
{%- if format.has_days %}
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
    format = '{{ format.bigquery.format }}',
    {%- for option in format.bigquery.options %}
    {{ option }},
    {%- endfor %}
    {%- if encoding != 'utf-8' %}
    encoding = '{{ _lake_encodings()[encoding] }}',
    {%- endif %}
    {%- if format.has_days %}
    uris = [{{ text_literal(folder ~ '/*') }}],
    hive_partition_uri_prefix = {{ text_literal(folder) }},
    require_hive_partition_filter = true
    {%- else %}
    uris = [{{ text_literal(folder ~ '/' ~ table.config.meta.lake.export) }}]
    {%- endif %}
)
{%- endmacro %}
