{#- The source's node in the graph: its meta and its columns; a declaration that lacks something is named. -#}
{% macro _lake_table(source_name, table_name) %}
    {%- for node in graph.sources.values() if node.source_name == source_name and node.name == table_name -%}
        {%- do _check_lake_table(node, (node.config.meta or {}).get('lake', {}), 'Source ' ~ source_name ~ '.' ~ table_name) -%}
        {{ return(node) }}
    {%- endfor -%}
{% endmacro %}


{% macro _check_lake_table(node, lake, name) %}
    {%- set formats = lake_formats() -%}
    {%- set format = formats.get(lake.get('format') | string, {}) -%}
    {%- if format.get('has_days') is false -%}
        {%- if not lake.get('export') -%}
            {{ exceptions.raise_compiler_error(
                name ~ ": its meta.lake lacks 'export', the .export_metadata file below its folder."
            ) }}
        {%- endif -%}
        {{ return(none) }}
    {%- endif -%}
    {%- for option in ['format', 'key', 'max_lateness_days'] if lake.get(option) is none -%}
        {{ exceptions.raise_compiler_error(name ~ ": its meta.lake lacks '" ~ option ~ "'; see docs/lake.md.") }}
    {%- endfor -%}
    {%- if not format -%}
        {{ exceptions.raise_compiler_error(
            name ~ ": format '" ~ lake.format ~ "' is unknown; use one of " ~ formats | join(', ') ~ "."
        ) }}
    {%- endif -%}
    {%- set encoding = _lake_encoding_name(lake) -%}
    {%- if encoding not in _lake_encodings() -%}
        {{ exceptions.raise_compiler_error(
            name ~ ": encoding '" ~ encoding ~ "' is unknown; use one of " ~ _lake_encodings() | join(', ') ~ "."
        ) }}
    {%- elif encoding != 'utf-8' and format.is_typed -%}
        {{ exceptions.raise_compiler_error(
            name ~ ": files of format " ~ lake.format ~ " have no encoding; remove it from meta.lake."
        ) }}
    {%- endif -%}
    {%- set declared = node.columns.values() | map(attribute='name') | list -%}
    {%- for column in lake.key + lake.get('required', []) + ['event_at', 'ingested_at'] if column not in declared -%}
        {{ exceptions.raise_compiler_error(name ~ ": column '" ~ column ~ "' is not among its columns; declare it.") }}
    {%- endfor -%}
    {%- for column in node.columns.values() if (column.data_type or '') | upper not in _lake_types() -%}
        {{ exceptions.raise_compiler_error(
            name ~ ": column '" ~ column.name ~ "' has the data_type '" ~ (column.data_type or '')
            ~ "'; use one of " ~ _lake_types() | join(', ') ~ "."
        ) }}
    {%- endfor -%}
{% endmacro %}


{% macro _lake_types() %}
    {{ return(['INT64', 'FLOAT64', 'NUMERIC', 'STRING', 'BOOL', 'DATE', 'TIMESTAMP', 'BYTES']) }}
{% endmacro %}
