{#-
  The formats that files of the lake may have, a row each. Whoever has to know something of a format asks here.

    is_typed    its files hold columns with types; else they hold lines of text, a record each
    has_days    its files lie in folders, one per day of arrival; else they are one export, without days
    has_header  of text: the first line names the columns, and a record has a value for each in their order
    bigquery    how BigQuery's external table reads it: `format`, and further options of the table
    duckdb      the function of DuckDB that reads it

  An engine that does not read a format yet has none there. Python's half of this table is
  ingest/formats/__init__.py.
-#}
{% macro lake_formats() %}
    {{ return({
        'parquet': {
            'is_typed': true, 'has_days': true, 'has_header': false,
            'bigquery': {'format': 'PARQUET', 'options': []},
            'duckdb': 'read_parquet',
        },
        'avro': {
            'is_typed': true, 'has_days': true, 'has_header': false,
            'bigquery': {'format': 'AVRO', 'options': ['enable_logical_types = true']},
            'duckdb': none,
        },
        'orc': {
            'is_typed': true, 'has_days': true, 'has_header': false,
            'bigquery': {'format': 'ORC', 'options': []},
            'duckdb': none,
        },
        'ndjson': {
            'is_typed': false, 'has_days': true, 'has_header': false,
            'bigquery': {'format': 'CSV', 'options': ["field_delimiter = '\\x01'", "quote = ''"]},
            'duckdb': 'read_blob',
        },
        'csv': {
            'is_typed': false, 'has_days': true, 'has_header': true,
            'bigquery': {
                'format': 'CSV', 'options': ["field_delimiter = '\\x01'", "quote = ''", 'skip_leading_rows = 1'],
            },
            'duckdb': 'read_blob',
        },
        'datastore': {
            'is_typed': true, 'has_days': false, 'has_header': false,
            'bigquery': {'format': 'DATASTORE_BACKUP', 'options': []},
            'duckdb': none,
        },
    }) }}
{% endmacro %}


{#- The row of the format that a lake table's files have. -#}
{% macro _lake_format(table) %}
    {{ return(lake_formats()[table.config.meta.lake.format]) }}
{% endmacro %}


{#-
  The encodings that the text of a lake may have, and what BigQuery's external table calls each; none where it
  reads no such text. Python's codecs know them all by these names.
-#}
{% macro _lake_encodings() %}
    {{ return({
        'utf-8': 'UTF-8', 'iso-8859-1': 'ISO-8859-1',
        'utf-16': none, 'utf-16-le': 'UTF-16LE', 'utf-16-be': 'UTF-16BE',
        'utf-32': none, 'utf-32-le': 'UTF-32LE', 'utf-32-be': 'UTF-32BE',
        'shift_jis': none, 'cp932': none, 'euc_jp': none, 'iso2022_jp': none,
        'windows-1252': none, 'windows-1251': none, 'iso-8859-15': none,
        'gb18030': none, 'big5': none, 'euc_kr': none,
    }) }}
{% endmacro %}


{#- The encoding that meta.lake declares; capitals are as good. -#}
{% macro _lake_encoding_name(lake) %}
    {{ return((lake.get('encoding') or 'utf-8') | string | lower) }}
{% endmacro %}


{#- The encoding of a table's text as a literal for lake_utf8, or the text null if it needs no decoding. -#}
{% macro _lake_encoding(table) -%}
    {%- set encoding = _lake_encoding_name(table.config.meta.lake) -%}
    {{- 'null' if encoding == 'utf-8' else text_literal(encoding) -}}
{%- endmacro %}
